package conform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.files.FilesClient;
import com.files.FilesConfig;
import com.files.models.Session;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The Files.com SDK as a whole: its global settings, and what there is of it in this release. */
final class Sdk {
  private static final String VERSION = "1.0.0";
  private static final String RELEASE = "/META-INF/maven/com.files/files-sdk/pom.properties";
  private static final String ATTEMPTS = "upstreamMaxAttempts";
  private static final String DELAY = "initialRetryDelayMillis";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, String> properties;
  private final Map<Field, Object> globals = new HashMap<>();

  /** Loads the SDK and points it at one address. */
  Sdk(String baseUrl) throws IllegalAccessException {
    FilesConfig settings = FilesConfig.getInstance();
    properties =
        Map.of(
            "apiRoot",
            baseUrl,
            ATTEMPTS,
            String.valueOf(settings.getUpstreamMaxAttempts()),
            DELAY,
            String.valueOf(settings.getInitialRetryDelayMillis()));
    for (Field global : FilesClient.class.getFields()) {
      if (!Modifier.isFinal(global.getModifiers())) {
        globals.put(global, global.get(null));
      }
    }
    properties.forEach(FilesClient::setProperty);
  }

  /** Puts every global setting back as it was after the start. */
  void reset() {
    properties.forEach(FilesClient::setProperty);
    globals.forEach(Sdk::assign);
  }

  private static void assign(Field global, Object value) {
    try {
      global.set(null, value);
    } catch (IllegalAccessException error) {
      throw new IllegalStateException(error); // it is public and could be read
    }
  }

  /** Makes the global settings that there are, and says which ones there are not. */
  JsonNode configure(JsonNode params) {
    ObjectNode configured = JSON.objectNode();
    ArrayNode applied = configured.putArray("applied");
    ArrayNode unsupported = configured.putArray("unsupported");
    for (String group : List.of("credentials", "network")) {
      for (var each : (Iterable<Map.Entry<String, JsonNode>>) params.path(group)::fields) {
        (set(each.getKey(), each.getValue()) ? applied : unsupported).add(each.getKey());
      }
    }
    return configured;
  }

  /** Makes a setting that the SDK has; the time-outs are fixed, whatever the release. */
  private static boolean set(String name, JsonNode value) {
    switch (name) {
      case "session_id" -> {
        FilesClient.session = new Session();
        FilesClient.session.setId(value.textValue());
      }
      case "api_key" -> FilesClient.apiKey = value.textValue();
      case "attempts" -> FilesClient.setProperty(ATTEMPTS, value.asText());
      case "first_delay_seconds" ->
          FilesClient.setProperty(DELAY, String.valueOf(Math.round(value.doubleValue() * 1000)));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Says what runs here, as the package and reflection have it. */
  JsonNode describe() throws IOException, ReflectiveOperationException, URISyntaxException {
    ObjectNode started = JSON.objectNode();
    program(started, "adapter", "java", VERSION);
    program(started, "sdk", "com.files:files-sdk", release());
    String runtime = System.getProperty("java.runtime.name");
    program(started, "runtime", runtime, System.getProperty("java.version"));
    ArrayNode operations = started.putArray("operations");
    for (Class<?> model : classes("com/files/models")) {
      operations.addAll(Calls.operations(model));
    }
    ArrayNode families = started.putArray("error_families");
    for (Class<?> error : classes("com/files/exceptions")) {
      if (!error.getSuperclass().getName().startsWith("com.files.")) {
        families.add(error.getName());
      }
    }
    started.putArray("capabilities").add("ca_file").add("log_level").add("instances");
    return started;
  }

  private static void program(ObjectNode started, String what, String name, String version) {
    started.putObject(what).put("name", name).put("version", version);
  }

  private static String release() throws IOException {
    Properties release = new Properties();
    try (InputStream file = FilesClient.class.getResourceAsStream(RELEASE)) {
      release.load(file);
    }
    return release.getProperty("version");
  }

  /** The public classes of a package, those inside others left out. */
  private static List<Class<?>> classes(String folder)
      throws IOException, ReflectiveOperationException, URISyntaxException {
    var jar = FilesClient.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (JarFile file = new JarFile(new File(jar))) {
      List<Class<?>> found = new ArrayList<>();
      for (String name : file.stream().map(JarEntry::getName).sorted().toList()) {
        if (name.matches(folder + "/\\w+\\.class")) {
          String type = name.replace('/', '.').replaceFirst("\\.class$", "");
          found.add(Class.forName(type, false, FilesClient.class.getClassLoader()));
        }
      }
      return found;
    }
  }
}
