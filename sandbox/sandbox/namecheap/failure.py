"""A refusal of the API: a number, a text, and sometimes an element that should better not be there."""

from xml.etree.ElementTree import Element


class ApiFailure(Exception):
    """Ends a command with `Status="ERROR"`. `content` is the CommandResponse that the live service sends along."""

    def __init__(self, number: str, text: str, *content: Element) -> None:
        self.number = number
        self.text = text
        self.content = content
        super().__init__(f"{number} {text}")
