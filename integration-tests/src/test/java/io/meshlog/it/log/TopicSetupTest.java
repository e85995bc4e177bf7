package io.meshlog.it.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.log.TopicException;
import io.meshlog.events.log.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TopicSetupTest {
    @TempDir
    private static Path folder;

    private static Broker broker;

    @BeforeAll
    static void start() {
        broker = new Broker(folder);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static void set(String topic, String setting, String value) throws Exception {
        broker.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    void topicsAreMadeOnceAndFoundRightFromThenOn() {
        Topics topics = broker.fleetWithTopics();
        assertThatCode(() -> {
                    broker.setup(topics).ensure((short) 1);
                    broker.setup(topics).check();
                    broker.setup(topics).checkBrokers();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void missingTopicsAreNamed() {
        Topics topics = broker.fleet();
        assertThatThrownBy(() -> broker.setup(topics).check())
                .isInstanceOf(TopicException.class)
                .hasNoCause()
                .hasMessageContaining("topic %s is missing".formatted(topics.events()))
                .hasMessageContaining("topic %s is missing".formatted(topics.changelog()));
    }

    @Test
    void wrongSettingsAreRefusedInWords() throws Exception {
        Topics topics = broker.fleetWithTopics();
        set(topics.events(), "message.timestamp.type", "CreateTime");
        set(topics.changelog(), "cleanup.policy", "delete");
        set(topics.changelog(), "max.message.bytes", "1000");

        assertThatThrownBy(() -> broker.setup(topics).ensure((short) 1))
                .isInstanceOf(TopicException.class)
                .hasNoCause()
                .hasMessage(String.join(
                        "; ",
                        "topic %s has cleanup.policy=delete, it must be compact".formatted(topics.changelog()),
                        "topic %s has max.message.bytes=1000, it must be at least %d"
                                .formatted(topics.changelog(), Topics.MAX_CHANGE_RECORD_BYTES),
                        "topic %s has message.timestamp.type=CreateTime, it must be LogAppendTime"
                                .formatted(topics.events())));
    }

    @Test
    void settingsThatAreTheOperatorsAreLeftAlone() throws Exception {
        Topics topics = broker.fleetWithTopics();
        set(topics.events(), "retention.ms", "1000000");
        broker.setup(topics).ensure((short) 1);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topics.events());
        assertThat(broker.admin()
                        .describeConfigs(List.of(resource))
                        .all()
                        .get()
                        .get(resource)
                        .get("retention.ms")
                        .value())
                .isEqualTo("1000000");
    }

    @Test
    void aTopicOfSeveralPartitionsIsRefused() throws Exception {
        Topics topics = broker.fleet();
        broker.admin()
                .createTopics(List.of(new NewTopic(topics.events(), 3, (short) 1)))
                .all()
                .get();
        assertThatThrownBy(() -> broker.setup(topics).ensure((short) 1))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("topic %s has 3 partitions, it must have 1".formatted(topics.events()));
    }
}
