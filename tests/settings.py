"""Settings of the test run: a folder of its own, fast hashes, plain assets, jobs run at once."""

import os
import tempfile

os.environ.setdefault("LPO_VAR", tempfile.mkdtemp(prefix="lpo-test-"))
os.environ["LPO_HASHED_ASSETS"] = "0"
os.environ["SECRET_KEY"] = "only-for-tests-and-long-enough-to-please-the-checks-0123456789"

from lpo.settings import *  # noqa: F403

if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    # A name of its own for each run: one that was killed leaves its database behind, under a role of its own.
    DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['USER']}"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Jobs of the test process run at once, without a broker; tests/queue and tests/browser use the real one.
REDIS_URL, CELERY_BROKER_URL = "", "memory://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests ask faster than people; tests/security/test_limits.py switches this on.
REQUEST_LIMITS = False
