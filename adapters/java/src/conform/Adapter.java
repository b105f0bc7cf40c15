package conform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Speaks the suite's protocol, version 2: one JSON-RPC message a line. */
public final class Adapter {
  private static final int PROTOCOL = 2;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Kept kept = new Kept();
  private Sdk sdk;
  private boolean stopped;

  private Adapter() {}

  private record Request(JsonNode id, String method, JsonNode params) {
    static Request of(JsonNode message) throws Fault {
      JsonNode method = message.path("method");
      if (!message.has("id") || !method.isTextual()) {
        throw new Fault(Fault.NO_REQUEST, "not a request");
      }
      return new Request(message.get("id"), method.textValue(), message.path("params"));
    }
  }

  /**
   * Answers requests until one of them is to stop, or until nobody asks any more.
   *
   * @param arguments none
   * @throws IOException if nobody listens any more
   */
  public static void main(String[] arguments) throws IOException {
    InputStream questions = System.in;
    OutputStream answers = new FileOutputStream(FileDescriptor.out);
    // What the SDK reads is empty, and what it prints never comes between replies.
    System.setIn(InputStream.nullInputStream());
    System.setOut(System.err);

    Adapter adapter = new Adapter();
    var lines = new BufferedReader(new InputStreamReader(questions, StandardCharsets.UTF_8));
    while (!adapter.stopped) {
      String line = lines.readLine();
      if (line == null) {
        break;
      }
      String reply = JSON.writeValueAsString(adapter.answer(line)) + "\n";
      answers.write(reply.getBytes(StandardCharsets.UTF_8));
    }
    // A thread of the SDK's connection pool would keep the process alive.
    System.exit(0);
  }

  private JsonNode answer(String line) {
    ObjectNode reply = JSON.createObjectNode().put("jsonrpc", "2.0").putNull("id");
    try {
      Request request = Request.of(JSON.readTree(line));
      reply.set("id", request.id());
      reply.set("result", result(request.method(), request.params()));
    } catch (JsonProcessingException error) {
      fail(reply, Fault.NOT_JSON, "not JSON: " + error.getOriginalMessage());
    } catch (Fault fault) {
      fail(reply, fault.code(), fault.getMessage());
    } catch (Throwable error) {
      // What the SDK throws is a result, and never gets here.
      fail(reply, Fault.FAILED, error.toString());
    }
    return reply;
  }

  private static void fail(ObjectNode reply, int code, String message) {
    reply.putObject("error").put("code", code).put("message", message);
  }

  private JsonNode result(String method, JsonNode params)
      throws Fault, ReflectiveOperationException {
    if (!params.isObject() && !params.isMissingNode()) {
      throw new Fault(Fault.WRONG_PARAMS, "the parameters are not an object");
    }
    return switch (method) {
      case "start" -> start(params);
      case "reset" -> reset();
      case "configure" -> {
        Sdk configured = loaded();
        yield Outcomes.of(() -> configured.configure(params, kept));
      }
      case "call" -> {
        loaded();
        yield Outcomes.of(() -> Calls.call(params, kept));
      }
      case "echo" -> echo(params);
      case "stop" -> {
        stopped = true;
        yield JSON.createObjectNode();
      }
      default -> throw new Fault(Fault.NO_METHOD, "there is no method " + method);
    };
  }

  private JsonNode start(JsonNode params) throws Fault {
    if (params.path("protocol").asInt() != PROTOCOL) {
      throw new Fault(Fault.OTHER_VERSION, "this adapter speaks version " + PROTOCOL);
    }
    String baseUrl = Fault.required(params, "base_url");
    String level = params.path("log_level").asText("none");
    try {
      Configurator.setLevel("com.files", Level.toLevel(level, Level.OFF));
      if (!level.equals("none")) {
        Configurator.setLevel("okhttp3.logging.wire", Level.INFO);
      }
      if (params.hasNonNull("ca_file")) {
        Authorities.trust(params.get("ca_file").textValue());
      }
      sdk = new Sdk(baseUrl);
      return sdk.describe();
    } catch (Throwable error) {
      sdk = null;
      throw new Fault(Fault.NO_SDK, error.toString());
    }
  }

  private JsonNode reset() throws Fault, ReflectiveOperationException {
    loaded().reset();
    kept.forget();
    return JSON.createObjectNode();
  }

  private JsonNode echo(JsonNode params) throws Fault, ReflectiveOperationException {
    Object value = Values.decode(params.path("value"), kept);
    return JSON.createObjectNode().set("value", Values.encode(value));
  }

  private Sdk loaded() throws Fault {
    if (sdk == null) {
      throw new Fault(Fault.NOT_STARTED, "start comes first");
    }
    return sdk;
  }
}
