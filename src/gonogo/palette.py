"""The colours of every picture gonogo makes: figures, report, notebook, terminal and overlays.

Colours of words and lines have a contrast of at least 4.5 to 1 on their background. Normal and
anomalous, and missed, false alarm and right, stay apart for people with any one kind of cone
missing; a shape or a word says the same beside them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

__all__ = ["DARK", "HEAT", "HEAT_NAME", "LIGHT", "PREDICTED", "TRUTH", "Palette"]


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean, as ``#rrggbb``."""

    background: str
    surface: str
    """Of a panel on the background, and of the row under the pointer."""
    ink: str
    quiet: str
    """Of words that stand back: axes, captions."""
    line: str
    """Of grids and borders; no words."""
    normal: str
    anomalous: str
    missed: str
    false_alarm: str
    right: str
    accent: str
    """Of the threshold, of links, and of what is chosen."""

    def css(self) -> str:
        """Declarations of custom properties: ``--background: #ffffff; ... --false-alarm: ...;``."""
        return " ".join(
            f"--{name.replace('_', '-')}: {colour};" for name, colour in asdict(self).items()
        )

    def series(self) -> tuple[str, ...]:
        """Colours of several things beside each other, in this order."""
        return (self.accent, self.right, self.anomalous, self.normal, self.missed, self.false_alarm)


LIGHT = Palette(
    background="#ffffff",
    surface="#f5f6f8",
    ink="#1b1f26",
    quiet="#5a6270",
    line="#d5d9e0",
    normal="#1d5a96",
    anomalous="#b23c00",
    missed="#c4317c",
    false_alarm="#6b5618",
    right="#006f5e",
    accent="#6a55c4",
)
DARK = Palette(
    background="#14171c",
    surface="#1d2128",
    ink="#e8eaee",
    quiet="#a4abb8",
    line="#363c47",
    normal="#76a8f1",
    anomalous="#ffa57a",
    missed="#fe6ec7",
    false_alarm="#b99a35",
    right="#7de8cd",
    accent="#cdc6fb",
)

TRUTH = "#00d5ff"
"""The outline of the ground truth on a photograph or a heat map; with a black edge."""
PREDICTED = "#ffe600"
"""The outline of what a threshold flags; with a black edge."""

HEAT_NAME = "inferno"
# Drawn up by Nathaniel Smith and Stefan van der Walt for matplotlib, dedicated to the public domain
# (CC0): even in lightness, so it keeps its order in grey and for the colour-blind.
_HEAT = bytes.fromhex(
    "00000401000501010601010802010a02020c02020e03021004031204031405041706041907051b08051d09061f"
    "0a07220b07240c08260d08290e092b10092d110a30120a32140b34150b37160b39180c3c190c3e1b0c411c0c43"
    "1e0c451f0c48210c4a230c4c240c4f260c51280b53290b552b0b572d0b592f0a5b310a5c320a5e340a5f360961"
    "3809623909633b09643d09653e0966400a67420a68440a68450a69470b6a490b6a4a0c6b4c0c6b4d0d6c4f0d6c"
    "510e6c520e6d540f6d550f6d57106e59106e5a116e5c126e5d126e5f136e61136e62146e64156e65156e67166e"
    "69166e6a176e6c186e6d186e6f196e71196e721a6e741a6e751b6e771c6d781c6d7a1d6d7c1d6d7d1e6d7f1e6c"
    "801f6c82206c84206b85216b87216b88226a8a226a8c23698d23698f2469902568922568932667952667972766"
    "9827669a28659b29649d29649f2a63a02a63a22b62a32c61a52c60a62d60a82e5fa92e5eab2f5ead305dae305c"
    "b0315bb1325ab3325ab43359b63458b73557b93556ba3655bc3754bd3853bf3952c03a51c13a50c33b4fc43c4e"
    "c63d4dc73e4cc83f4bca404acb4149cc4248ce4347cf4446d04545d24644d34743d44842d54a41d74b3fd84c3e"
    "d94d3dda4e3cdb503bdd513ade5238df5337e05536e15635e25734e35933e45a31e55c30e65d2fe75e2ee8602d"
    "e9612bea632aeb6429eb6628ec6726ed6925ee6a24ef6c23ef6e21f06f20f1711ff1731df2741cf3761bf37819"
    "f47918f57b17f57d15f67e14f68013f78212f78410f8850ff8870ef8890cf98b0bf98c0af98e09fa9008fa9207"
    "fa9407fb9606fb9706fb9906fb9b06fb9d07fc9f07fca108fca309fca50afca60cfca80dfcaa0ffcac11fcae12"
    "fcb014fcb216fcb418fbb61afbb81dfbba1ffbbc21fbbe23fac026fac228fac42afac62df9c72ff9c932f9cb35"
    "f8cd37f8cf3af7d13df7d340f6d543f6d746f5d949f5db4cf4dd4ff4df53f4e156f3e35af3e55df2e661f2e865"
    "f2ea69f1ec6df1ed71f1ef75f1f179f2f27df2f482f3f586f3f68af4f88ef5f992f6fa96f8fb9af9fc9dfafda1"
    "fcffa4"
)
HEAT = tuple((_HEAT[k], _HEAT[k + 1], _HEAT[k + 2]) for k in range(0, len(_HEAT), 3))
"""Its 256 colours (red, green, blue) from the lowest score to the highest."""
