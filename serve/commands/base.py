"""click, speaking Vietnamese: headings of the help, and errors in one clear line with exit code 2."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from nlp.errors import DiembaoError

INTERRUPTED = 130
USER_ERROR = 2
HELP_OF_HELP = "Hiện trợ giúp này rồi thoát."


class _Vietnamese(click.Command):
    """The parts of the help that commands and groups share."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Cách dùng: diembao score [TÙY CHỌN] ĐẦU_VÀO..."""
        pieces = " ".join(self.collect_usage_pieces(ctx)).replace("[OPTIONS]", "[TÙY CHỌN]")
        pieces = pieces.replace("COMMAND [ARGS]...", "LỆNH ...")
        formatter.write_usage(ctx.command_path, pieces, prefix="Cách dùng: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, under a Vietnamese heading."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        rows = [row for option in options if (row := option.get_help_record(ctx))]
        if rows:
            with formatter.section("Tùy chọn"):
                formatter.write_dl([(names, _without_english(text)) for names, text in rows])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """--help, explained in Vietnamese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP_OF_HELP
        return option


class Command(_Vietnamese):
    """A command whose help is in Vietnamese."""


class Group(_Vietnamese, click.Group):
    """A group whose help and errors are in Vietnamese. DiembaoError ends a run with one line and exit code 2."""

    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The commands, in the order in which they were added."""
        shown = [(name, command) for name, command in self.commands.items() if not command.hidden]
        with formatter.section("Các lệnh"):
            formatter.write_dl([(name, command.get_short_help_str(limit=90)) for name, command in shown])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; on its own (`standalone_mode`) turn errors into messages and exit codes."""
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            if not standalone_mode:
                return code
        except (DiembaoError, click.ClickException, click.Abort) as error:
            if not standalone_mode:
                raise
            sys.exit(_say(error))
        sys.exit(code if type(code) is int else 0)


def _say(error: Exception) -> int:
    """Tell the user, on standard error; the exit code."""
    if isinstance(error, click.Abort):
        click.echo("Đã dừng.", err=True)
        return INTERRUPTED
    message = str(error)
    if isinstance(error, click.UsageError):
        message = _message(error)
        if error.ctx is not None:
            click.echo(f"{error.ctx.get_usage()}\nXem thêm: {error.ctx.command_path} --help\n", err=True)
    elif isinstance(error, click.ClickException):
        message = error.format_message()
    click.echo(f"Lỗi: {message}", err=True)
    return error.exit_code if isinstance(error, click.ClickException) else USER_ERROR


def _without_english(text: str) -> str:
    return re.sub(r"\[required\]", "[bắt buộc]", text).replace("[default: ", "[mặc định: ")


def _message(error: click.UsageError) -> str:
    """The usage errors a user meets, in Vietnamese; what click says of its own where it says more."""
    if isinstance(error, click.NoSuchOption):
        hint = f" Có phải là {', '.join(sorted(error.possibilities))}?" if error.possibilities else ""
        return f"không có tùy chọn {error.option_name}.{hint}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"thiếu {_name(error.param)}."
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{_name(error.param)}: {error.message}"
    if isinstance(error, click.BadOptionUsage):
        return f"tùy chọn {error.option_name} dùng chưa đúng: {error.message}"
    if match := re.match(r"No such command '(.*?)'", error.message):
        return f"không có lệnh “{match[1]}”."
    return error.message


def _name(param: click.Parameter) -> str:
    return (param.metavar or "").strip("[].") if isinstance(param, click.Argument) else "/".join(param.opts)
