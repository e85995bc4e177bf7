package io.meshlog.publisher;

import io.meshlog.publisher.k8s.read.Field;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Settings by path, as text, each with the place it is from. */
final class ConfigSettings {
    static final String PREFIX = "MESHLOG_PUBLISHER_";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private record Setting(String text, String place) {}

    private final Map<String, Setting> settings = new TreeMap<>();
    private final Map<String, Setting> variables = new TreeMap<>();
    private final Set<String> used = new HashSet<>();

    /** All settings of a document; a list becomes its items with commas between. */
    void addAll(Field document) {
        add("", document);
    }

    private void add(String path, Field field) {
        if (!field.isThere()) {
            return;
        }
        if (field.isMap()) {
            field.keys().forEach(key -> add(path.isEmpty() ? key : path + "." + key, field.get(key)));
        } else if (field.isList()) {
            String joined = field.items().stream().map(Field::scalarText).collect(Collectors.joining(","));
            settings.put(path, new Setting(joined, field.place()));
        } else {
            settings.put(path, new Setting(field.scalarText(), field.place()));
        }
    }

    /** Variables count before the file. */
    void overrideFrom(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                variables.put(name, new Setting(value, name));
            }
        });
    }

    static String variableOf(String path) {
        return PREFIX
                + path.replace('.', '_').replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    String text(String path) {
        Setting setting = find(path);
        if (setting == null || setting.text().isEmpty()) {
            throw error(path, "is missing");
        }
        return setting.text();
    }

    String text(String path, String otherwise) {
        Setting setting = find(path);
        return setting == null ? otherwise : setting.text();
    }

    int number(String path) {
        return parsed(path, text(path));
    }

    int number(String path, int otherwise) {
        return parsed(path, text(path, Integer.toString(otherwise)));
    }

    private int parsed(String path, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            throw error(path, "\"" + text + "\" is not a whole number");
        }
    }

    boolean truth(String path, boolean otherwise) {
        String text = text(path, Boolean.toString(otherwise));
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw error(path, "\"" + text + "\" is neither true nor false");
        };
    }

    Duration duration(String path, Duration otherwise) {
        String text = text(path, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw error(path, "\"" + text + "\" is not a duration such as 200ms, 5s, 1m or 1h");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    /** @throws IllegalArgumentException if there is a setting that nobody asked for */
    void requireAllUsed() {
        settings.forEach((path, setting) -> {
            if (!used.contains(path)) {
                throw new IllegalArgumentException(setting.place() + ": " + path + ": is not a setting");
            }
        });
        Set<String> known = used.stream().map(ConfigSettings::variableOf).collect(Collectors.toSet());
        variables.forEach((name, setting) -> {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(name + ": is not a setting");
            }
        });
    }

    IllegalArgumentException error(String path, String problem) {
        Setting setting = find(path);
        String place = setting == null ? "" : setting.place() + ": ";
        return new IllegalArgumentException(place + path + ": " + problem);
    }

    private @Nullable Setting find(String path) {
        used.add(path);
        Setting variable = variables.get(variableOf(path));
        return variable == null ? settings.get(path) : variable;
    }
}
