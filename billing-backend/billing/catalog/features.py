"""The feature flags plans may carry. A name outside this list is unknown to every license."""

from enum import StrEnum


class Feature(StrEnum):
    SSL_CERTIFICATES = "ssl_certificates"
    DAILY_BACKUPS = "daily_backups"
    CRON_JOBS = "cron_jobs"
    SFTP_ACCESS = "sftp_access"
    APPS = "apps"
    STAGING = "staging"
    SUB_USERS = "sub_users"
    API_TOKENS = "api_tokens"
    WHITE_LABEL = "white_label"


def flags(*granted: Feature) -> dict[str, object]:
    """Return every known flag by name, true for those granted."""
    return {feature.value: feature in granted for feature in Feature}
