package io.meshlog.publisher.source.manifest;

import io.meshlog.publisher.k8s.read.Field;
import io.meshlog.publisher.k8s.read.Tree;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * The documents of a YAML text, and so of a JSON text, as trees that know their lines.
 *
 * <p>YAML 1.2's core schema: {@code yes} and {@code on} are texts. An alias shares its anchor's tree, so text of a few
 * lines cannot grow into a tree of millions; an alias inside its own anchor is an error, and so is a key said twice.
 */
public final class YamlTrees {
    /** Text beyond it is refused: what a whole large cluster prints is a tenth of it. */
    private static final int MAX_CHARACTERS = 512 * 1024 * 1024;

    private final String origin;
    private final IdentityHashMap<Node, Tree> done = new IdentityHashMap<>();
    private final Set<Node> under = Collections.newSetFromMap(new IdentityHashMap<>());

    private YamlTrees(String origin) {
        this.origin = origin;
    }

    /**
     * The documents of a text, empty ones included.
     *
     * @param origin what errors begin with, for example the file
     * @throws ManifestException if it is no YAML; the message names the line
     */
    public static List<Field> read(String origin, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(origin)
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_CHARACTERS)
                // So that the error about one is ours and names its line.
                .setAllowNonScalarKeys(true)
                .build();
        YamlTrees trees = new YamlTrees(origin);
        List<Field> documents = new ArrayList<>();
        try {
            for (Node node : new Compose(settings).composeAllFromString(text)) {
                documents.add(Field.root(origin, trees.tree(node)));
            }
        } catch (MarkedYamlEngineException broken) {
            throw new ManifestException(place(origin, broken.getProblemMark()) + ": " + broken.getProblem(), broken);
        } catch (YamlEngineException broken) {
            throw new ManifestException(origin + ": " + broken.getMessage(), broken);
        }
        return documents;
    }

    private Tree tree(Node node) {
        Tree known = done.get(node);
        if (known != null) {
            return known;
        }
        if (!under.add(node)) {
            throw new ManifestException(place(origin, node.getStartMark()) + ": an alias stands inside its own anchor");
        }
        Tree tree = switch (node) {
            case MappingNode mapping -> mapping(mapping);
            case SequenceNode sequence -> {
                List<Tree> items = new ArrayList<>();
                sequence.getValue().forEach(item -> items.add(tree(item)));
                yield new Tree.Sequence(items, line(node));
            }
            case ScalarNode scalar -> scalar(scalar);
            default -> throw new ManifestException(place(origin, node.getStartMark()) + ": cannot be read");
        };
        under.remove(node);
        done.put(node, tree);
        return tree;
    }

    private Tree mapping(MappingNode node) {
        Map<String, Tree> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new ManifestException(
                        place(origin, tuple.getKeyNode().getStartMark()) + ": a key has to be text");
            }
            if (entries.putIfAbsent(key.getValue(), tree(tuple.getValueNode())) != null) {
                throw new ManifestException("%s: the key \"%s\" is said twice"
                        .formatted(place(origin, key.getStartMark()), key.getValue()));
            }
        }
        return new Tree.Mapping(entries, line(node));
    }

    private Tree scalar(ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return new Tree.Nothing(line(node));
        }
        if (tag.equals(Tag.BOOL)) {
            return new Tree.Scalar(Boolean.valueOf(text), line(node));
        }
        try {
            if (tag.equals(Tag.INT)) {
                return new Tree.Scalar(integer(text), line(node));
            }
            if (tag.equals(Tag.FLOAT)) {
                return new Tree.Scalar(new BigDecimal(text), line(node));
            }
        } catch (NumberFormatException special) {
            return new Tree.Scalar(text, line(node));
        }
        return new Tree.Scalar(text, line(node));
    }

    private static BigInteger integer(String text) {
        if (text.startsWith("0x")) {
            return new BigInteger(text.substring(2), 16);
        }
        return text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static String place(String origin, Optional<Mark> mark) {
        return mark.map(at -> origin + ":" + (at.getLine() + 1)).orElse(origin);
    }
}
