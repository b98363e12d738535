"""What a line is, and whether the facts in it were declared."""

from collections.abc import Mapping
from typing import Any

from backend.kit.predicates import FactType, read_value
from backend.kit.problems import FieldError

# What a line may be, in the order in which a chunk's kinds are stored: what others hang on first.
KINDS = (
    "product", "borrower", "loan", "installment", "statement", "delinquency", "adjustment",
    "payment",
)  # fmt: skip
LOAN_KINDS = ("installment", "revolving")
ADJUSTMENT_KINDS = ("fee", "penalty", "waiver")


def kind_of(line: dict[str, Any], *, default: str | None = None) -> str | None:
    """What a line is; takes `kind` out of it, or makes it the loan's or adjustment's own.

    `kind` says what the line is, and a loan and an adjustment have a kind of their own: it may be
    given as `loan_kind` or `adjustment_kind`, or simply as `kind`. A loan's may be left out
    where instalments or a principal, or else a credit limit, tell it.
    """
    kind = line.pop("kind", default)
    if kind in ADJUSTMENT_KINDS:
        line["kind"] = kind
        return "adjustment"
    if kind in LOAN_KINDS and "loan_external_id" not in line:
        line["kind"] = kind
        return "loan"
    if kind == "adjustment" and "adjustment_kind" in line:
        line["kind"] = line.pop("adjustment_kind")
    if kind == "loan":
        own = line.pop("loan_kind") if "loan_kind" in line else _loan_kind_told_by(line)
        if own is not None:
            line["kind"] = own
    return kind if kind in KINDS else None


def _loan_kind_told_by(line: Mapping[str, Any]) -> str | None:
    if line.get("installments") or line.get("principal_minor") is not None:
        return "installment"
    return "revolving" if line.get("credit_limit_minor") is not None else None


def find_fact_error(
    facts: Mapping[str, Any], *, declared: Mapping[str, FactType]
) -> FieldError | None:
    """What is wrong with the first bad fact: not declared, or not of its type."""
    for name, value in facts.items():
        pointer = f"#/facts/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in declared:
            return FieldError(pointer, "No such fact has been declared.")
        if value is not None and read_value(value, declared[name]) is None:
            return FieldError(pointer, f"Must be of type {declared[name]}.")
    return None
