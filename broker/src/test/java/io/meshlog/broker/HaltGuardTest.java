package io.meshlog.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;

class HaltGuardTest {
    @Test
    void whatWouldEndTheProcessIsRefusedAndWrittenDown() {
        // given
        try (HaltGuard guard = HaltGuard.open()) {
            // when
            assertThatThrownBy(() -> Exit.halt(7, "the disk is gone")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Exit.exit(1)).isInstanceOf(IllegalStateException.class);

            // then
            assertThat(guard.orders())
                    .containsExactly(new HaltGuard.Order(7, "the disk is gone"), new HaltGuard.Order(1, null));
        }
    }
}
