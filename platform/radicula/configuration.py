"""The site's configuration: typed, from environment variables, checked once at start."""

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[2]
SITE_ENVIRONMENT_FILE = "environment"


class Configuration(BaseSettings):
    """What an operator may set.

    Every value is read from the environment variable named in `alias`. `make run` sets those that it makes itself
    (database, broker, secret, the MONAI Label server's address and token).
    """

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    home: Path = Field(default=REPOSITORY / ".radicula", alias="RADICULA_HOME")
    database_url: str = Field(default="postgresql:///radicula", alias="DATABASE_URL")
    redis_url: str = Field(default="redis://127.0.0.1:6379/0", alias="REDIS_URL")
    celery_broker_url: str | None = Field(default=None, alias="CELERY_BROKER_URL")
    secret_key: SecretStr | None = Field(default=None, alias="RADICULA_SECRET_KEY")
    debug: bool = Field(default=False, alias="RADICULA_DEBUG")
    demo: bool = Field(default=False, alias="RADICULA_DEMO")
    allowed_hosts: str = Field(default="localhost,127.0.0.1,[::1]", alias="RADICULA_ALLOWED_HOSTS")
    trusted_origins: str = Field(default="", alias="RADICULA_TRUSTED_ORIGINS")
    https: bool = Field(default=False, alias="RADICULA_HTTPS")
    monailabel_url: str = Field(default="http://127.0.0.1:8001", alias="RADICULA_MONAILABEL_URL")
    monailabel_token: SecretStr = Field(default=SecretStr(""), alias="RADICULA_MONAILABEL_TOKEN")
    upload_limit_mb: int = Field(default=4096, gt=0, alias="RADICULA_UPLOAD_LIMIT_MB")
    log_level: str = Field(default="INFO", alias="RADICULA_LOG_LEVEL")

    @property
    def broker_url(self) -> str:
        """The address of the job broker: Redis unless another one is named."""
        return self.celery_broker_url or celery_url(self.redis_url)

    @property
    def blob_folder(self) -> Path:
        """Where files are kept by hash."""
        return self.home / "blobs"


def configuration_read() -> Configuration:
    """Read the configuration from the environment, and behind it from the file in the folder of a running site.

    So `manage.py import_dataset ...` in another terminal reaches the database that `make run` started.
    """
    home = Path(os.environ.get("RADICULA_HOME") or REPOSITORY / ".radicula")
    return Configuration(_env_file=home / SITE_ENVIRONMENT_FILE)


def celery_url(redis_url: str) -> str:
    """Spell the address of a Redis socket as Celery does.

    redis-py says `unix:///path?db=0`, kombu says `redis+socket:///path?virtual_host=0`.
    """
    if not redis_url.startswith("unix://"):
        return redis_url
    return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")
