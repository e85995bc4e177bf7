package io.meshlog.cli.completion;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * The script that completes a command, for bash and, by its emulation, for zsh: picocli's, in which what stands for names of
 * the fleet is replaced by a question to {@link NamesCommand}.
 *
 * <p>picocli sets all candidates when a function begins. A question there would be asked at every press of the key, so it
 * is put where the candidates are used:
 *
 * <pre>{@code
 * local clusters_option_args=("@clusters") # --cluster values          (taken out)
 * COMPREPLY=( $( compReplyArray "${clusters_option_args[@]}" ) )       before
 * COMPREPLY=( $( _meshlog_names clusters "${curr_word}" ) )            after
 * }</pre>
 */
public final class CompletionScript {
    private static final String BEGINNING = "if [ -n \"$BASH_VERSION\" ]; then";
    private static final Pattern CANDIDATES = Pattern.compile("\\s*local (\\w+)=\\(\"(@\\w+)\"\\).*");
    private static final Pattern USE = Pattern.compile("compReplyArray \"\\$\\{(\\w+)\\[@]}\"");

    private CompletionScript() {}

    /** @param whole the command with all its subcommands */
    public static String of(CommandLine whole) {
        String command = whole.getCommandName();
        String picoclis = AutoComplete.bash(command, whole);
        int beginning = picoclis.indexOf(BEGINNING);
        if (beginning < 0) {
            throw new IllegalStateException("picocli's script does not begin as it used to");
        }
        return header(command) + asking(command, picoclis.substring(beginning)) + question(command);
    }

    private static String asking(String command, String script) {
        return Arrays.stream(script.split("\nfunction ", -1))
                .map(function -> withQuestions(command, function))
                .collect(Collectors.joining("\nfunction "));
    }

    private static String withQuestions(String command, String function) {
        Map<String, String> placeholders = new HashMap<>();
        String kept = function.lines()
                .filter(line -> {
                    Matcher candidates = CANDIDATES.matcher(line);
                    if (candidates.matches()) {
                        String names = candidates.group(2).substring(1);
                        if (!placeholders
                                .merge(candidates.group(1), names, (one, other) -> one.equals(other) ? one : "")
                                .equals(names)) {
                            throw new IllegalStateException(
                                    "picocli tells options by their labels, and two share one in: " + line);
                        }
                        return false;
                    }
                    return true;
                })
                .collect(Collectors.joining("\n"));
        return USE.matcher(kept).replaceAll(use -> {
            String names = placeholders.get(use.group(1));
            return Matcher.quoteReplacement(
                    names == null ? use.group() : "_%s_names %s \"${curr_word}\"".formatted(command, names));
        });
    }

    private static String header(String command) {
        return """
            # Completes the words of the command %1$s, in bash and in zsh.
            # Names of clusters and namespaces are asked of the server that the line names, or that %1$s would ask.
            # Made by `%1$s completion`: change nothing here, make it anew.

            """.formatted(command);
    }

    private static String question(String command) {
        return """

            # Prints the names of the fleet that begin like the word: clusters or namespaces ($1), the word ($2). Of a list
            # with commas the last one is completed. Names are data of strangers: nothing here evaluates them.
            function _%1$s_names() {
              local kind="$1" word="$2" head="" name value i
              local command="${COMP_WORDS[0]/#\\~/$HOME}"
              local server
              server=()
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "${COMP_WORDS[i]}" in
                  --server | --data | --tls-ca | --tls-cert | --tls-key)
                    value="${COMP_WORDS[i + 1]}"
                    # bash takes HOST:PORT for three words.
                    if [[ "${COMP_WORDS[i + 2]}" == ":" ]]; then
                      value="$value:${COMP_WORDS[i + 3]}"
                    fi
                    server+=("${COMP_WORDS[i]}" "$value")
                    ;;
                esac
              done
              if [[ "$word" == *,* ]]; then
                head="${word%%,*},"
              fi
              "$command" names "$kind" "${server[@]}" </dev/null 2>/dev/null | while IFS= read -r name; do
                if [[ "$head$name" == "$word"* ]]; then
                  printf '%%s\\n' "$head$name"
                fi
              done
            }
            """.formatted(command);
    }
}
