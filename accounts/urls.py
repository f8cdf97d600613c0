"""The account pages that exist; allauth has more, which stay closed until they are needed."""

from allauth.account import views
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from accounts.signin import oidc_views
from accounts.signin import views as ours

urlpatterns = [
    path("", ours.overview, name="account_overview"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("confirm/", ours.ProveByPassword.as_view(), name="account_reauthenticate"),
    path("password/change/", ours.ChangePassword.as_view(), name="account_change_password"),
    # Reached by the link of `manage.py reset_password` alone; lpo/logs.py masks what follows "key/".
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9a-z]{1,13})-(?P<key>[0-9A-Za-z-]{1,100})/$",
        ours.PasswordByLink.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sessions/", ours.session_list, name="usersessions_list"),
    path("sessions/<int:pk>/end/", ours.end_session, name="usersessions_end"),
    path("second-factor/", ours.second_factor, name="mfa_index"),
    path("second-factor/code/", ours.Code.as_view(), name="mfa_authenticate"),
    path("second-factor/confirm/", ours.ProveByCode.as_view(), name="mfa_reauthenticate"),
    path("second-factor/set-up/", ours.SetUpCodes.as_view(), name="mfa_activate_totp"),
    path("second-factor/switch-off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("company/", oidc_views.leave, name="oidc_login"),
    path("company/back/", oidc_views.come_back, name="oidc_callback"),
    path("company/disconnect/", ours.disconnect_oidc, name="oidc_disconnect"),
]
