"""How gunicorn serves Hepatica: `gunicorn wsgi:app` reads this file.

A participant's way in is a token in the path (`/p/<token>`). No log line may hold one, so the path is cut
there, in the access log and in whatever the error log says. The access log holds no address, query or Referer
either: who answered when is for the database to know.
"""

import logging
import os
import re

# What stands after /p/, and in a mistyped address what looks like a token: an id, a dot, a signature.
_TOKEN = re.compile(r"(/p/)[^/\s?#\"']+|[\w-]+\.[\w-]{27}(?![\w-])")


class WithoutTokens(logging.Filter):
    """Cut tokens out of every message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _TOKEN.sub(lambda found: f"{found[1] or ''}...", record.getMessage())
        record.args = ()
        return True


wsgi_app = "wsgi:app"
bind = [f"127.0.0.1:{os.environ.get('PORT', '8000')}"]
# On two cores three processes took more surveys a second than two (docs/benchmarks.md).
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
threads = 4
# An answer takes someone some seconds; on a slow network a new connection for each would double the wait.
keepalive = 30
worker_tmp_dir = "/dev/shm"  # noqa: S108 (holds a heartbeat's empty file; a slow disk would look like a dead worker)
# gunicorn's control socket has one default place for each user, shared by all the user's servers.
control_socket_disable = True
# X-Forwarded-* is believed by one rule, TRUSTED_PROXIES in app/config.py.
forwarded_allow_ips = ""
accesslog = "-"
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": WithoutTokens}},
    "formatters": {
        "access": {"format": "%(message)s"},
        "error": {"format": "%(asctime)s %(levelname)s %(message)s"},
    },
    "handlers": {
        "access": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "access",
            "filters": ["without_tokens"],
        },
        "error": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stderr",
            "formatter": "error",
            "filters": ["without_tokens"],
        },
    },
    "root": {"level": "WARNING", "handlers": ["error"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["error"], "propagate": False},
        "gunicorn.access": {"level": "INFO", "handlers": ["access"], "propagate": False},
    },
}
