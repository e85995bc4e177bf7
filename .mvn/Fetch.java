import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** {@code java Fetch.java <url> <file>}: how ./mvnw fetches Maven on a machine with neither curl nor wget. */
final class Fetch {
    private Fetch() {}

    public static void main(String[] args) throws InterruptedException {
        var client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .proxy(ProxySelector.getDefault())
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        var request = HttpRequest.newBuilder(URI.create(args[0])).build();
        try {
            int status = client.send(request, HttpResponse.BodyHandlers.ofFile(Path.of(args[1])))
                    .statusCode();
            if (status == 200) {
                return;
            }
            System.err.println(args[0] + " answers " + status);
        } catch (IOException e) {
            System.err.println(args[0] + " does not answer: " + e);
        }
        System.exit(1);
    }
}
