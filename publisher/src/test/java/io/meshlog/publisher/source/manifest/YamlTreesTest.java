package io.meshlog.publisher.source.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.publisher.k8s.read.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTreesTest {
    @Test
    void yesIsATextAndTrueIsNot() {
        Field document = YamlTrees.read("a.yaml", "{a: yes, b: true, c: 0x10, d: null, e: 1.5}")
                .getFirst();

        assertThat(document.get("a").text("")).isEqualTo("yes");
        assertThat(document.get("b").truthOrNull()).isTrue();
        assertThat(document.get("c").number(0, 0, 100)).isEqualTo(16);
        assertThat(document.get("d").isThere()).isFalse();
        assertThat(document.get("e").scalarText()).isEqualTo("1.5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a: b: c' | a.yaml:1: ",
                "'a: [1, 2' | a.yaml:1: ",
                "'a: 1\nb: 2\na: 3' | a.yaml:3: the key \"a\" is said twice",
                "'a: *missing' | a.yaml:1: ",
                "'a: &x {b: *x}' | a.yaml:1: an alias stands inside its own anchor",
                "'? [a]\n: b' | a.yaml:1: a key has to be text"
            })
    void whatIsNoYamlIsRefusedWithItsLine(String yaml, String message) {
        assertThatThrownBy(() -> YamlTrees.read("a.yaml", yaml))
                .isInstanceOf(ManifestException.class)
                .message()
                .startsWith(message);
    }

    @Test
    void aliasesShareTheirAnchorsTree() {
        StringBuilder yaml = new StringBuilder("l0: &l0 [x, x]\n");
        for (int level = 1; level < 20; level++) {
            yaml.append("l%d: &l%d [*l%d, *l%d]\n".formatted(level, level, level - 1, level - 1));
        }

        Field document = YamlTrees.read("a.yaml", yaml.toString()).getFirst();

        assertThat(document.get("l19").items()).hasSize(2);
    }
}
