package conform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.files.FilesClient;
import com.files.FilesConfig;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The Files.com SDK as a whole: its global settings, and what there is of it in this release. */
final class Sdk {
  private static final String VERSION = "2.0.0";
  private static final String RELEASE = "/META-INF/maven/com.files/files-sdk/pom.properties";
  private static final List<String> SINGLETONS =
      List.of("com.files.FilesConfig", "com.files.net.FilesHttpClient");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final String baseUrl;
  private final Map<Field, Object> globals = new HashMap<>();

  /** Loads the SDK and points it at one address. */
  Sdk(String baseUrl) throws ReflectiveOperationException {
    this.baseUrl = baseUrl;
    for (Field global : FilesClient.class.getFields()) {
      if (!Modifier.isFinal(global.getModifiers())) {
        globals.put(global, global.get(null));
      }
    }
    reset();
  }

  /** Puts everything global back as it was after the start, properties and cookies included. */
  void reset() throws ReflectiveOperationException {
    for (String name : SINGLETONS) {
      Field instance = Class.forName(name).getDeclaredField("instance");
      instance.setAccessible(true);
      instance.set(null, null);
    }
    FilesClient.setProperty("apiRoot", baseUrl);
    for (Map.Entry<Field, Object> global : globals.entrySet()) {
      global.getKey().set(null, global.getValue());
      disconnect(global.getValue());
    }
  }

  /** Closes the connections of a pool, which is OkHttp's or Apache's. */
  private static void disconnect(Object global) throws ReflectiveOperationException {
    Method[] methods = global == null ? new Method[0] : global.getClass().getMethods();
    for (Method each : methods) {
      if (each.getName().equals("evictAll")) {
        each.invoke(global);
      } else if (each.getName().equals("closeIdleConnections")) {
        each.invoke(global, 0, TimeUnit.SECONDS);
      }
    }
  }

  /** Makes the global settings that there are, and says which ones there are not. */
  JsonNode configure(JsonNode params, Kept kept) throws Fault, ReflectiveOperationException {
    ObjectNode configured = JSON.objectNode().put("outcome", "configured");
    ArrayNode applied = configured.putArray("applied");
    ArrayNode unsupported = configured.putArray("unsupported");
    for (var each : (Iterable<Map.Entry<String, JsonNode>>) params.path("rig")::fields) {
      boolean has = rig(each.getKey(), each.getValue());
      (has ? applied : unsupported).add(each.getKey());
    }
    for (var each : (Iterable<Map.Entry<String, JsonNode>>) params.path("settings")::fields) {
      try {
        set(each.getKey(), Values.decode(each.getValue(), kept));
        applied.add(each.getKey());
      } catch (NoSuchFieldException | IllegalArgumentException | Unsupported refused) {
        unsupported.add(each.getKey());
      }
    }
    return configured;
  }

  /** Makes cases short; the time-outs are fixed, whatever the release. */
  private static boolean rig(String name, JsonNode value) {
    switch (name) {
      case "attempts" -> FilesClient.setProperty("upstreamMaxAttempts", value.asText());
      case "delay_seconds" -> {
        // Each wait is twice as long as the one before it.
        int doubled = FilesConfig.getInstance().getUpstreamMaxAttempts() - 1;
        long first = Math.round(value.doubleValue() * 1000) >> doubled;
        FilesClient.setProperty("initialRetryDelayMillis", String.valueOf(first));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Makes a setting as a user does: a field of the client, or else a property of that name. */
  private static void set(String name, Object value) throws ReflectiveOperationException {
    try {
      FilesClient.class.getField(name).set(null, value);
    } catch (NoSuchFieldException none) {
      String getter = Kept.getter(name);
      if (Arrays.stream(FilesConfig.class.getMethods())
          .noneMatch(each -> each.getName().equals(getter))) {
        throw none;
      }
      Method set = FilesClient.class.getMethod("setProperty", String.class, String.class);
      Calls.invoke(set, null, name, Objects.toString(value, null));
    }
  }

  /** Says what runs here, as the package and reflection have it. */
  JsonNode describe() throws IOException, ReflectiveOperationException, URISyntaxException {
    ObjectNode started = JSON.objectNode();
    program(started, "adapter", "java", VERSION);
    program(started, "sdk", "com.files:files-sdk", release());
    started.put("loaded", jar().toString());
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

  private static File jar() throws URISyntaxException {
    return new File(FilesClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The public classes of a package, those inside others left out. */
  private static List<Class<?>> classes(String folder)
      throws IOException, ReflectiveOperationException, URISyntaxException {
    try (JarFile file = new JarFile(jar())) {
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
