"""Which of a template's conditions hold for given parameters: what is switched on, before CloudFormation says."""

from collections.abc import Mapping
from typing import Any


def switched_on(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The resources whose condition holds, or that have none."""
    values = {name: str(given.get(name, one.get("Default", ""))) for name, one in template["Parameters"].items()}
    rules = template.get("Conditions", {})
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or holds(rules[resource["Condition"]], rules, values)
    }


def holds(rule: Any, rules: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    """Whether a condition holds. What is neither a parameter nor plain text is equal to nothing."""
    match rule:
        case {"Fn::Equals": [left, right]}:
            return _text(left, values) == _text(right, values)
        case {"Fn::Not": [inner]}:
            return not holds(inner, rules, values)
        case {"Fn::And": inner}:
            return all(holds(one, rules, values) for one in inner)
        case {"Fn::Or": inner}:
            return any(holds(one, rules, values) for one in inner)
        case {"Condition": str(name)}:
            return holds(rules[name], rules, values)
    return False


def number(value: Any, template: Mapping[str, Any], given: Mapping[str, str]) -> int:
    """A property that should be a number, through Fn::If and Ref; 0 where it is none."""
    values = {name: str(given.get(name, one.get("Default", ""))) for name, one in template["Parameters"].items()}
    rules = template.get("Conditions", {})
    match value:
        case {"Fn::If": [str(name), yes, no]}:
            return number(yes if holds(rules[name], rules, values) else no, template, given)
        case {"Ref": str(name)}:
            return number(values.get(name), template, given)
    return int(value) if str(value).isdecimal() else 0


def _text(value: Any, values: Mapping[str, str]) -> str | None:
    match value:
        case {"Ref": str(name)}:
            return values.get(name)
        case dict() | list():
            return None
    return str(value)
