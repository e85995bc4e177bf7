package io.meshlog.publisher.source.etcd.client;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import io.meshlog.schemas.etcd.ResponseHeader;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;

/**
 * The keys of a range as they were at one revision, in their order. One page of {@value #PAGE_KEYS} is held at a time. For
 * one thread; it fails with an {@link EtcdException} when a page cannot be had.
 */
public final class KeyPages implements Iterator<KeyValue> {
    static final int PAGE_KEYS = 1_000;

    private final EtcdConnection etcd;
    private final KeyRange range;
    private final ResponseHeader header;
    private final long revision;
    private RangeResponse page;
    private int at;

    /** @param revision of which all pages are; empty for the etcd's present one, which the first page then tells */
    public KeyPages(EtcdConnection etcd, KeyRange range, OptionalLong revision) {
        this.etcd = etcd;
        this.range = range;
        this.page = page(range.start(), revision.orElse(0));
        this.header = page.getHeader();
        this.revision = revision.orElse(header.getRevision());
    }

    /** The first page's. */
    public ResponseHeader header() {
        return header;
    }

    private RangeResponse page(String from, long atRevision) {
        String end = range.end();
        return etcd.range(RangeRequest.newBuilder()
                .setKey(KeyRange.bytes(from))
                .setRangeEnd(end == null ? ByteString.copyFrom(new byte[1]) : KeyRange.bytes(end))
                .setLimit(PAGE_KEYS)
                .setRevision(atRevision)
                .build());
    }

    @Override
    public boolean hasNext() {
        if (at == page.getKvsCount() && page.getMore()) {
            page = page(KeyRange.text(page.getKvs(at - 1).getKey()) + "\0", revision);
            at = 0;
        }
        return at < page.getKvsCount();
    }

    @Override
    public KeyValue next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.getKvs(at++);
    }
}
