from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from access.models import Membership, Study, User

admin.site.register(User, UserAdmin)


@admin.register(Study)
class StudyAdmin(admin.ModelAdmin[Study]):
    """Studies are looked at here and changed in the site itself."""

    list_display = ("slug", "name", "protocol_name", "protocol_version", "created_at")
    readonly_fields = ("protocol", "protocol_name", "protocol_version", "created_by")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    list_display = ("study", "user", "role")
    list_filter = ("study", "role")
