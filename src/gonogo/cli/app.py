"""The ``gonogo`` command and its subcommands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from gonogo._version import __version__
from gonogo.cli.apply import apply
from gonogo.cli.demo import demo
from gonogo.cli.evaluate import evaluate
from gonogo.cli.exits import exit_code
from gonogo.cli.option_names import options_of
from gonogo.cli.panels import PANELS
from gonogo.cli.report import report
from gonogo.cli.threshold import threshold

__all__ = ["Command", "Commands", "EvaluateCommand", "app"]


class Command(TyperCommand):
    """A subcommand whose ``--help`` has no type, as every flag, and whose errors name options."""

    def get_help_option(self, ctx: Any) -> Any:
        """The option, which takes no value."""
        return _without_type(super().get_help_option(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run it; whatever it raises becomes an exit code, while its own options are known."""
        names = (name for option in self.params for name in option.opts)
        with options_of(names), _ending(debug=ctx.parent.params["debug"]):
            return super().invoke(ctx)


class EvaluateCommand(Command):
    """The subcommand with the most options, which its ``--help`` shows in groups."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for option in self.params:
            if option.name in PANELS:
                option.rich_help_panel = PANELS[option.name]  # type: ignore[attr-defined]


class Commands(TyperGroup):
    """Subcommands whose errors end as one line and an exit code."""

    def get_help_option(self, ctx: Any) -> Any:
        """The option, which takes no value."""
        return _without_type(super().get_help_option(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take ``--debug`` wherever it stands."""
        if "--debug" in args:
            args = ["--debug", *(arg for arg in args if arg != "--debug")]
        if not args:
            return super().parse_args(ctx, args)
        with _ending(debug=False):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand; wrong usage of it becomes an exit code."""
        with _ending(debug=ctx.params["debug"]):
            return super().invoke(ctx)


def _without_type(option: Any) -> Any:
    if option is not None:
        option.metavar = ""
    return option


@contextmanager
def _ending(*, debug: bool) -> Iterator[None]:
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except BaseException as error:
        code = exit_code(error, debug=debug)
        if code is None:
            raise
        raise typer.Exit(code) from None


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("evaluate", cls=EvaluateCommand)(evaluate)
app.command("threshold", cls=Command)(threshold)
app.command("apply", cls=Command)(apply)
app.command("report", cls=Command)(report)
app.command("demo", cls=Command)(demo)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gonogo {__version__}")
        raise typer.Exit


@app.callback()
def gonogo(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            metavar="",
            callback=_print_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", metavar="", help="Show the traceback of an unexpected error."),
    ] = False,
) -> None:
    """Exact scores for visual anomaly detection: anomaly maps and ground truth in, numbers out.

    [bold]Examples[/bold]

    gonogo demo

    gonogo evaluate maps/ mvtec/ --out run/

    gonogo report run/ --images all

    gonogo threshold run/ --policy "fpr<=0.01" --out threshold.json

    gonogo apply threshold.json new_maps/
    """
