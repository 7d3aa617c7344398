"""What gunicorn serves and what `flask` finds."""

from app.web import create_app

app = create_app()
