package io.meshlog.events.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.schemas.avro.CheckpointPart;
import io.meshlog.schemas.avro.FleetChange;
import io.meshlog.schemas.avro.Heartbeat;
import io.meshlog.schemas.avro.MeshEvent;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.util.ClassSecurityValidator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every release reads what every other one wrote: FULL_TRANSITIVE, as the registry is asked to enforce. */
class SchemaEvolutionTest {
    private static final Map<String, Schema> CURRENT = Map.of(
            "MeshEvent", MeshEvent.getClassSchema(),
            "FleetChange", FleetChange.getClassSchema(),
            "Heartbeat", Heartbeat.getClassSchema(),
            "CheckpointPart", CheckpointPart.getClassSchema());

    @ParameterizedTest
    @ValueSource(strings = {"MeshEvent", "FleetChange", "Heartbeat", "CheckpointPart"})
    void theCurrentSchemaIsTheNewestRelease(String record) {
        // add avro/released/<n+1> and raise ReleasedSchemas.LATEST with every change of a contract
        assertThat(SchemaNormalization.parsingFingerprint64(CURRENT.get(record)))
                .isEqualTo(ReleasedSchemas.of(record).latestFingerprint());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MeshEvent", "FleetChange", "Heartbeat", "CheckpointPart"})
    void everyReleaseReadsEveryOther(String record) {
        List<Schema> all = List.copyOf(ReleasedSchemas.of(record).all().values());
        for (Schema reader : all) {
            for (Schema writer : all) {
                assertReads(reader, writer);
            }
            assertReads(CURRENT.get(record), reader);
            assertReads(reader, CURRENT.get(record));
        }
    }

    private static void assertReads(Schema reader, Schema writer) {
        var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        assertThat(compatibility.getType())
                .as(compatibility.getDescription())
                .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    @Test
    void everyReleasesValueIsTheFieldsFromExactOn() {
        for (Schema schema : ReleasedSchemas.of("FleetChange").all().values()) {
            List<Schema.Field> fields = schema.getFields();
            for (Schema.Field field : fields.subList(schema.getField("exact").pos(), fields.size())) {
                assertThat(field.schema().isNullable()).as(field.name()).isTrue();
                assertThat(field.schema().getTypes().getFirst().getType())
                        .as(field.name())
                        .isEqualTo(Schema.Type.NULL);
            }
        }
    }

    @Test
    void anEnumInAContractHasADefaultForWhatIsNewer() {
        CURRENT.values().forEach(SchemaEvolutionTest::assertEnumsHaveDefaults);
    }

    private static void assertEnumsHaveDefaults(Schema schema) {
        switch (schema.getType()) {
            case ENUM ->
                assertThat(schema.getEnumDefault()).as(schema.getName()).isEqualTo("UNKNOWN");
            case RECORD -> schema.getFields().forEach(field -> assertEnumsHaveDefaults(field.schema()));
            case ARRAY -> assertEnumsHaveDefaults(schema.getElementType());
            case MAP -> assertEnumsHaveDefaults(schema.getValueType());
            case UNION -> schema.getTypes().forEach(SchemaEvolutionTest::assertEnumsHaveDefaults);
            default -> {
                // nothing inside
            }
        }
    }

    @Test
    void theContractsClassesAreTrustedWithoutAnySetting() {
        var unused = new ValueCodec().encodeNone(ChangeSchemas.inMemory().tail());
        assertThat(DatumCodec.isContract(MeshEvent.class)).isTrue();
        assertThat(DatumCodec.isContract(ProcessBuilder.class)).isFalse();
        assertThat(ClassSecurityValidator.getGlobal().isTrusted(MeshEvent.class))
                .isTrue();
        assertThat(ClassSecurityValidator.getGlobal().isTrusted(ProcessBuilder.class))
                .isFalse();
    }
}
