package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Session;

/** How far the fleet has decided what each writer said. */
final class SessionView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Session session = resource.getSession();
        row.cell("CLUSTER", ResourceName.of(resource).cluster())
                .cell("WRITER", ResourceName.of(resource).name())
                .cell("EPOCH", session.getEpoch())
                .cell("SEQUENCE", session.getSequence())
                .cell("SNAPSHOT", snapshot(session))
                .wide("PRINCIPAL", session.getPrincipal())
                .wide("INCARNATION", session.getIncarnation())
                .wide("EVENT-OFFSET", session.getEventOffset())
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        Session session = resource.getSession();
        return "epoch %d, sequence %d, snapshot %s"
                .formatted(session.getEpoch(), session.getSequence(), snapshot(session));
    }

    /** A session with its snapshot in a word: {@code complete}, {@code at <key>} or {@code not begun}. */
    private static String snapshot(Session session) {
        if (session.getSnapshotComplete()) {
            return "complete";
        }
        return session.hasSnapshotKey() ? "at " + session.getSnapshotKey() : "not begun";
    }
}
