package io.meshlog.projector;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Settings by path, from YAML and from variables, which go first. Knows which were asked for, so that a misspelled one is
 * refused and not silently without effect. For one thread.
 */
final class Settings {
    private final Map<String, String> values;
    private final Map<String, String> variables;
    private final String prefix;
    private final Set<String> known = new HashSet<>();
    private final Set<String> knownVariables = new HashSet<>();

    private Settings(Map<String, String> values, Map<String, String> variables, String prefix) {
        this.values = values;
        this.variables = variables;
        this.prefix = prefix;
    }

    static Settings read(String yaml, Map<String, String> environment, String prefix) {
        Map<String, String> values = new TreeMap<>();
        try {
            Object root = new Load(LoadSettings.builder().build()).loadFromString(yaml);
            if (root instanceof Map<?, ?> map) {
                flatten("", map, values);
            } else if (root != null) {
                throw new IllegalArgumentException("the configuration is no map of settings");
            }
        } catch (YamlEngineException invalid) {
            throw new IllegalArgumentException("the configuration is no YAML: " + invalid.getMessage(), invalid);
        }
        Map<String, String> variables = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                variables.put(name, value);
            }
        });
        return new Settings(values, variables, prefix);
    }

    private static void flatten(String path, Map<?, ?> map, Map<String, String> values) {
        map.forEach((key, value) -> {
            String inner = path.isEmpty() ? String.valueOf(key) : path + "." + key;
            if (value instanceof Map<?, ?> nested) {
                flatten(inner, nested, values);
            } else {
                values.put(inner, value == null ? "" : String.valueOf(value));
            }
        });
    }

    private @Nullable String find(String path) {
        String variable = prefix
                + path.replaceAll("([a-z])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
        known.add(path);
        knownVariables.add(variable);
        String value = variables.get(variable);
        return value != null ? value : values.get(path);
    }

    /** A text that must be there. */
    String text(String path) {
        String value = find(path);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(path + ": is not set");
        }
        return value;
    }

    String text(String path, String usual) {
        String value = find(path);
        return value == null ? usual : value;
    }

    boolean flag(String path, boolean usual) {
        String value = text(path, Boolean.toString(usual));
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException("%s: is \"%s\", true or false is needed".formatted(path, value));
        };
    }

    long number(String path, long usual) {
        String value = text(path, Long.toString(usual));
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("%s: is \"%s\", a whole number is needed".formatted(path, value), none);
        }
    }

    long number(String path, long usual, long least, long most) {
        long number = number(path, usual);
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "%s: is %d, it must be in %d to %d".formatted(path, number, least, most));
        }
        return number;
    }

    int integer(String path, int usual) {
        return (int) number(path, usual, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** All settings below a path; from variables with lower-case names and dots, as Kafka's properties have them. */
    Map<String, String> texts(String path) {
        Map<String, String> found = new HashMap<>();
        String below = path + ".";
        values.forEach((name, value) -> {
            if (name.startsWith(below)) {
                known.add(name);
                found.put(name.substring(below.length()), value);
            }
        });
        String variablesBelow = prefix + path.replace('.', '_').toUpperCase(Locale.ROOT) + "_";
        variables.forEach((name, value) -> {
            if (name.startsWith(variablesBelow)) {
                knownVariables.add(name);
                String property = name.substring(variablesBelow.length());
                found.put(property.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return found;
    }

    /** @throws IllegalArgumentException if anything was set that was not asked for */
    void requireNoOthers() {
        Set<String> others = new TreeSet<>(values.keySet());
        others.removeAll(known);
        Set<String> otherVariables = new TreeSet<>(variables.keySet());
        otherVariables.removeAll(knownVariables);
        others.addAll(otherVariables);
        if (!others.isEmpty()) {
            throw new IllegalArgumentException("not known: " + String.join(", ", others));
        }
    }
}
