"""Django's sessions in the store; the one question that each page asks of them is put into SQL once in a process."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from tocsin.core.store.prepared import Prepared

_session = Prepared(lambda key: Session.objects.filter(session_key=key, expire_date__gt=Now())[:1])


class SessionStore(db.SessionStore):
    """What `SESSION_ENGINE` names."""

    def _get_session_from_db(self) -> Session | None:
        found = _session.first(self.session_key) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
