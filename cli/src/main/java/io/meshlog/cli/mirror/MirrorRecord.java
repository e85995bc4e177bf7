package io.meshlog.cli.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a mirror is, as it stands in the etcd it fills; written in one transaction with what it tells of.
 *
 * <p>Worked example: <code>{"writer":"6f1...","source":"1c3a","next":[1042,988,988,1040]}</code>: of the etcd with the id 1c3a
 * everything is here that happened in the first range before revision 1042, in the second before 988.
 *
 * @param writer who wrote it, by the id of its process's run
 * @param source the cluster id of the etcd that is mirrored
 * @param next of each range the first revision that is not here yet; empty while the first pass is under way
 */
record MirrorRecord(String writer, long source, List<Long> next) {
    private static final ObjectMapper JSON = new ObjectMapper();

    MirrorRecord {
        next = List.copyOf(next);
    }

    static MirrorRecord of(String writer, long source, long[] next) {
        return new MirrorRecord(writer, source, Arrays.stream(next).boxed().toList());
    }

    /** The record with another writer. */
    MirrorRecord by(String other) {
        return new MirrorRecord(other, source, next);
    }

    ByteString toBytes() {
        ObjectNode json = JSON.createObjectNode();
        json.put("writer", writer).put("source", Long.toHexString(source));
        next.forEach(json.putArray("next")::add);
        try {
            return ByteString.copyFrom(JSON.writeValueAsBytes(json));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Null where it is none: then the mirror begins anew. */
    static @Nullable MirrorRecord read(ByteString bytes) {
        try {
            var json = JSON.readTree(bytes.toByteArray());
            List<Long> next = new ArrayList<>();
            json.path("next").forEach(each -> next.add(each.asLong()));
            return new MirrorRecord(
                    json.path("writer").asText(),
                    Long.parseUnsignedLong(json.path("source").asText(), 16),
                    next);
        } catch (IOException | NumberFormatException garbled) {
            return null;
        }
    }
}
