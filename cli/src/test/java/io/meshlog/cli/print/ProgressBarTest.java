package io.meshlog.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Terminal terminal(boolean terminal, Map<String, String> environment) {
        return new Terminal(new ByteArrayOutputStream(), err, environment, Path.of(""), false, terminal);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void itShowsHowFarItIs() {
        assertThat(ProgressBar.line("publishing", 0, 2_000))
                .isEqualTo("publishing  [------------------------] 0 %  0 of 2,000");
        assertThat(ProgressBar.line("publishing", 1_000, 2_000))
                .isEqualTo("publishing  [############------------] 50 %  1,000 of 2,000");
        assertThat(ProgressBar.line("publishing", 2_500, 2_000))
                .isEqualTo("publishing  [########################] 100 %  2,000 of 2,000");
        assertThat(ProgressBar.line("receiving", 1_234, 0)).isEqualTo("receiving  1,234");
    }

    @Test
    void whatIsDoneAtOnceShowsNothing() {
        try (ProgressBar bar = ProgressBar.of(terminal(true, Map.of()), "publishing", 10)) {
            bar.reached(10);
        }

        assertThat(err()).isEmpty();
    }

    @Test
    void itIsDrawnOverItself_withinTheLine_andTakenAway() {
        // given
        try (ProgressBar bar = ProgressBar.of(terminal(true, Map.of("COLUMNS", "20")), "publishing", 10)) {

            // when it takes a while
            while (err().isEmpty()) {
                bar.reached(5);
                Thread.onSpinWait();
            }
        }

        // then
        assertThat(err()).startsWith("\r\u001b[Kpublishing  [######").endsWith("\r\u001b[K");
        assertThat(err().replace("\r\u001b[K", "\n").lines()).allMatch(line -> line.length() < 20);
    }

    @Test
    void nobodyWhoReadsAFile_seesIt() {
        try (ProgressBar bar = ProgressBar.of(terminal(false, Map.of()), "publishing", 10);
                ProgressBar dumb = ProgressBar.of(terminal(true, Map.of("TERM", "dumb")), "publishing", 10)) {
            long untilNanos = System.nanoTime() + 700_000_000;
            while (System.nanoTime() < untilNanos) {
                bar.reached(5);
                dumb.reached(5);
                Thread.onSpinWait();
            }
        }

        assertThat(err()).isEmpty();
    }
}
