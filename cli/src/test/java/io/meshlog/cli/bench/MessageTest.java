package io.meshlog.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meshlog.schemas.v1.Batch;
import io.meshlog.schemas.v1.Bookmark;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.Removal;
import io.meshlog.schemas.v1.Resync;
import io.meshlog.schemas.v1.Synced;
import io.meshlog.schemas.v1.WatchResponse;
import org.junit.jupiter.api.Test;

class MessageTest {
    @Test
    void changesAreCountedWithoutBeingRead() throws Exception {
        // given
        Change change = Change.newBuilder()
                .setRemoval(Removal.newBuilder().setKey("a/nodes/b").setRevision(7))
                .build();
        WatchResponse response = WatchResponse.newBuilder()
                .setBatch(Batch.newBuilder().addChanges(change).addChanges(change))
                .build();

        // when
        Message message = Message.of(response.toByteString());

        // then
        assertThat(message.changes()).isEqualTo(2);
        assertThat(message.synced()).isNull();
        assertThat(message.bookmark()).isNull();
        assertThat(message.resync()).isFalse();
    }

    @Test
    void marksAreRead() throws Exception {
        Synced synced = Synced.newBuilder()
                .setRevision(3)
                .setResumeToken(ByteString.copyFromUtf8("t"))
                .build();
        Bookmark bookmark = Bookmark.newBuilder().setRevision(4).build();

        assertThat(Message.of(WatchResponse.newBuilder()
                                .setSynced(synced)
                                .build()
                                .toByteString())
                        .synced())
                .isEqualTo(synced);
        assertThat(Message.of(WatchResponse.newBuilder()
                                .setBookmark(bookmark)
                                .build()
                                .toByteString())
                        .bookmark())
                .isEqualTo(bookmark);
        assertThat(Message.of(WatchResponse.newBuilder()
                                .setResync(Resync.newBuilder().setReason("r"))
                                .build()
                                .toByteString())
                        .resync())
                .isTrue();
    }
}
