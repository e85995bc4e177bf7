package io.meshlog.publisher.k8s.read;

import io.meshlog.events.model.Policy;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.Namespace;
import io.meshlog.publisher.k8s.ObjectKind;
import io.meshlog.publisher.k8s.ObjectMeta;
import io.meshlog.publisher.k8s.read.ReadObjects.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads documents as {@code kubectl get -o yaml} prints them: an object, a {@code List}, or a list of one kind such as
 * {@code ServiceList}. An empty document holds nothing.
 */
public final class ObjectReader {
    private static final String LIST = "List";
    private static final int MAX_NAME = 253;

    private final List<Placed> objects = new ArrayList<>();
    private final SortedSet<String> ignored = new TreeSet<>();

    private ObjectReader() {}

    /**
     * Reads all objects of the documents.
     *
     * @throws FieldException at the first thing that is wrong; nothing of the documents counts then
     */
    public static ReadObjects read(List<Field> documents) {
        ObjectReader reader = new ObjectReader();
        documents.stream().filter(Field::isThere).forEach(document -> reader.document(document, "", ""));
        return new ReadObjects(reader.objects, reader.ignored);
    }

    /** An item of a list of one kind may leave out what the list says for all. */
    private void document(Field document, String listVersion, String listItemKind) {
        String apiVersion = document.get("apiVersion").text(listVersion);
        String kind = document.get("kind").text(listItemKind);
        if (kind.isEmpty()) {
            throw document.get("kind").error("is missing");
        }
        if (apiVersion.isEmpty()) {
            throw document.get("apiVersion").error("is missing");
        }
        if (kind.endsWith(LIST) && document.get("items").isThere()) {
            String itemKind = kind.substring(0, kind.length() - LIST.length());
            document.get("items").items().forEach(item -> document(item, apiVersion, itemKind));
            return;
        }
        ObjectKind known = ObjectKind.of(apiVersion, kind);
        if (known == null) {
            ignored.add(apiVersion + " " + kind);
        } else {
            objects.add(new Placed(object(known, document), document.place()));
        }
    }

    private static KubernetesObject object(ObjectKind kind, Field document) {
        ObjectMeta meta = meta(kind, document.get("metadata"));
        return switch (kind) {
            case NAMESPACE -> new Namespace(meta);
            case CILIUM_NODE -> CiliumReader.node(meta, document);
            case CILIUM_IDENTITY -> CiliumReader.identity(meta, document);
            case CILIUM_ENDPOINT -> CiliumReader.endpoint(meta, document);
            case CILIUM_ENDPOINT_SLICE -> CiliumReader.endpointSlice(meta, document);
            case SERVICE -> CoreReader.service(meta, document);
            case ENDPOINT_SLICE -> CoreReader.slice(meta, document);
            case SERVICE_EXPORT -> CoreReader.export(meta, document);
            case NETWORK_POLICY -> PolicyReader.policy(meta, Policy.Flavour.NETWORK_POLICY, document);
            case CILIUM_NETWORK_POLICY -> PolicyReader.policy(meta, Policy.Flavour.CILIUM, document);
            case CILIUM_CLUSTERWIDE_NETWORK_POLICY ->
                PolicyReader.policy(meta, Policy.Flavour.CILIUM_CLUSTERWIDE, document);
        };
    }

    private static ObjectMeta meta(ObjectKind kind, Field metadata) {
        String namespace = kind.namespaced() ? name(metadata.get("namespace")) : "";
        return new ObjectMeta(
                namespace,
                name(metadata.get("name")),
                metadata.get("labels").texts(),
                metadata.get("annotations").texts(),
                metadata.get("creationTimestamp").text(""));
    }

    /** Names become parts of keys, so what Kubernetes refuses is refused here too. */
    static String name(Field field) {
        String name = field.requiredText();
        boolean proper = name.length() <= MAX_NAME
                && name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.');
        if (!proper) {
            throw field.error("\"" + name + "\" is not a Kubernetes name");
        }
        return name;
    }
}
