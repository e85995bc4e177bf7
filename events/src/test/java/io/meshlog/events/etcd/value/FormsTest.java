package io.meshlog.events.etcd.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.model.Value;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FormsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Name\":\"n\", \"Cluster\":\"c\"}",
                "{\"Name\":\"<&>\\u2028\\u0001\",\"Cluster\":\"c\",\"Unknown\":1}",
            })
    void whatTheFormWouldWriteOtherwise_isKeptExactly(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

        // when
        Value value = Forms.NODE.valueOf("c", "n", bytes);

        // then
        assertThat(Forms.NODE.bytesOf(value)).isEqualTo(bytes);
        assertThat(value.exact()).isNotNull();
    }

    @Test
    void textIsEscapedAsGoDoes() {
        byte[] json =
                GoJson.object(out -> out.text("<a>", "\"\\\b\f\n\r\t\u0001\u001f&\u2028\u2029\u00fc\ud83d\ude00"));

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("{\"\\u003ca\\u003e\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u0026\\u2028\\u2029ü😀\"}");
    }

    @Test
    void whatIsNoValueOfTheKind_isRefusedInWords() {
        byte[] text = "nonsense".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Forms.NODE.decode("c", "n", text)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Forms.NODE.decode("c", "n", "[]".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("no JSON object");
        assertThatThrownBy(() -> Forms.ENDPOINT_SLICE.decode("c", "n", text)).hasMessageContaining("zstd");
        assertThatThrownBy(() -> Forms.IDENTITY.decode("c", "7", text)).hasMessageContaining("source:key=value");
        assertThatThrownBy(() -> Forms.IDENTITY.decode("c", "x", new byte[0])).hasMessageContaining("number");
    }
}
