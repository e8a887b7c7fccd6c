"""What each role may do."""

from clinics.core.roles import Permission, Role, allows


def test_a_coordinator_does_not_see_answers():
    assert not allows(Role.COORDINATOR, Permission.SEE_ANSWERS)


def test_an_auditor_sees_content_and_audit_only():
    allowed = {permission for permission in Permission if allows(Role.AUDITOR, permission)}
    assert allowed == {Permission.SEE_CONTENT, Permission.SEE_AUDIT}


def test_an_unknown_role_may_do_nothing():
    assert not any(allows("owner", permission) for permission in Permission)
