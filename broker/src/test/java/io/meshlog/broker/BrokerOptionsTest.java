package io.meshlog.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerOptionsTest {
    @Test
    void optionsComeInAnyOrder() {
        assertThat(BrokerOptions.parse("--port", "1", "--parent", "42", "--data", "d", "--controller-port", "2"))
                .isEqualTo(new BrokerOptions("d", 1, 2, 42));
    }

    @Test
    void theRequiredOnesMayComeAsTheyAre() {
        assertThat(BrokerOptions.parse("d", "1", "2"))
                .isEqualTo(BrokerOptions.parse("--data", "d", "--port", "1", "--controller-port", "2"));
    }

    @Test
    void withoutAParentItIsTheOneThatStartedThisProcess() {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();

        assertThat(BrokerOptions.parse("--data", "d", "--port", "1", "--controller-port", "2")
                        .parent())
                .isEqualTo(parent);
    }

    @ParameterizedTest
    @CsvSource({
        "--data d --port 1, --controller-port is missing",
        "--data d --port 1 --controller-port, --controller-port needs a value",
        "--data d --port 1 --controller-port 65536, must be 1 to 65535",
        "--data d --port x --controller-port 2, --port x: must be 1 to 65535",
        "--data d --port 1 --controller-port 1, must differ",
        "--data d --data e, --data is there twice",
        "folder 1, folder is no option",
    })
    void whatCannotBeMeantIsNamed(String line, String complaint) {
        assertThatThrownBy(() -> BrokerOptions.parse(line.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }
}
