"""What kind of browser someone uses, as coarsely as its owner can tell one from another."""

BROWSERS = (
    # what it says of itself -> its name; the first that is found: most of them claim to be the others as well
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_kind(user_agent: str) -> str:
    """Return such as `Firefox, Windows`, or nothing where none is known; no version, no model is kept."""
    found = (
        next((name for sign, name in names if sign in user_agent), None) for names in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in found if name)
