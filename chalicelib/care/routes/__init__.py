"""HTTP for the loop."""

from chalicelib.care.routes import lessons, review_links, reviews
from chalicelib.care.routes.blueprint import ROUTES

__all__ = ["ROUTES", "lessons", "review_links", "reviews"]
