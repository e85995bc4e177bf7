package io.meshlog.events.etcd.value;

import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A security identity's labels as Cilium's allocator keeps them: sorted, each ended by a semicolon. */
final class IdentityForm implements ValueForm {
    @Override
    public byte[] encode(Resource resource) {
        StringBuilder text = new StringBuilder();
        ((Identity) resource)
                .labels()
                .forEach(label -> text.append(label.text()).append(';'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        List<Identity.Label> labels = new ArrayList<>();
        for (String text : new String(bytes, StandardCharsets.UTF_8).split(";", -1)) {
            if (!text.isEmpty()) {
                labels.add(label(text));
            }
        }
        try {
            return new Identity(Long.parseLong(name), labels);
        } catch (NumberFormatException none) {
            throw new InvalidValueException("the key ends in \"%s\", an identity is a number".formatted(name), none);
        }
    }

    private static Identity.Label label(String text) {
        int colon = text.indexOf(':');
        int equals = text.indexOf('=', colon + 1);
        if (colon < 0 || equals < 0) {
            throw new InvalidValueException("\"%s\" is no label of the form source:key=value".formatted(text));
        }
        return new Identity.Label(
                text.substring(0, colon), text.substring(colon + 1, equals), text.substring(equals + 1));
    }
}
