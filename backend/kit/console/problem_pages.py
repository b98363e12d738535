"""Refusals and failures as pages, for whoever reads in a browser."""

from flask import Blueprint, Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from backend.kit.console.rendering import render
from backend.kit.http import meaning_of
from backend.kit.keyring import KeysMissingError
from backend.kit.problems import Problem


def show_problems(blp: Blueprint) -> None:
    """Whatever goes wrong behind this blueprint is told as a page."""
    blp.register_error_handler(Problem, show_problem)
    for kind in (HTTPException, OperationalError, InterfaceError, PoolTimeout, KeysMissingError):
        blp.register_error_handler(kind, _show)
    blp.register_error_handler(Exception, _show)


def show_problem(problem: Problem) -> Response:
    """A refusal: what, why, what would change it, and a way back."""
    return render("console/problem.html", title=problem.title, problem=problem)


def _show(error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:  # noqa: PLR2004
        return Response(error.get_body(), error.code, error.get_headers())
    return show_problem(meaning_of(error))
