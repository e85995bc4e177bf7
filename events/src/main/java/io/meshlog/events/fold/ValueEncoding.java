package io.meshlog.events.fold;

import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Value;

/** How values become the bytes that digests are made of. Equal values give equal bytes. */
public interface ValueEncoding {
    EncodedValue encode(Value value);

    Value decode(EncodedValue encoded);
}
