package conform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What came of a call. */
final class Outcomes {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What every error has: its message is an outcome's own, and the rest is its stack trace. */
  private static final Set<String> OF_EVERY_ERROR =
      Arrays.stream(Throwable.class.getMethods()).map(Method::getName).collect(Collectors.toSet());

  private Outcomes() {}

  /** What uses the SDK. */
  interface Use {
    JsonNode result() throws Fault, ReflectiveOperationException;
  }

  /** The result of using the SDK, or how that ended. */
  static JsonNode of(Use use) throws Fault {
    try {
      return use.result();
    } catch (InvocationTargetException error) {
      return raised(error.getCause());
    } catch (LinkageError error) {
      return raised(error);
    } catch (Unsupported reason) {
      return JSON.objectNode().put("outcome", "unsupported").put("reason", reason.getMessage());
    } catch (ReflectiveOperationException error) {
      throw new Fault(Fault.FAILED, error.toString());
    }
  }

  /** A returned value with the attributes that the suite asks for. */
  static JsonNode returned(Kept.Variable result, JsonNode names)
      throws ReflectiveOperationException {
    ObjectNode returned = JSON.objectNode().put("outcome", "returned");
    returned.set("value", Values.encode(result.value()));
    ObjectNode attributes = returned.putObject("attributes");
    for (JsonNode name : names) {
      attributes.set(name.textValue(), attribute(result, name.textValue()));
    }
    return returned;
  }

  private static JsonNode attribute(Kept.Variable result, String name)
      throws ReflectiveOperationException {
    try {
      return result.value() == null ? Values.absent() : Values.encode(result.read(name));
    } catch (Unsupported none) {
      return Values.absent();
    } catch (InvocationTargetException error) {
      return described(error.getCause()).put("kind", "raised");
    }
  }

  private static ObjectNode raised(Throwable error) {
    ObjectNode raised = described(error).put("outcome", "raised");
    ArrayNode ancestors = raised.putArray("ancestors");
    Class<?> type = error.getClass().getSuperclass();
    while (type != Object.class) {
      ancestors.add(type.getName());
      type = type.getSuperclass();
    }
    raised.put("printed", error.toString());
    Map<String, Object> members = members(error);
    ObjectNode encoded = raised.putObject("members");
    members.forEach((name, value) -> encoded.set(name, Values.encode(value)));
    if (members.getOrDefault("httpCode", members.get("code")) instanceof Integer status) {
      raised.put("http_status", status);
    }
    if (members.get("type") instanceof String apiType) {
      raised.put("api_type", apiType);
    }
    return raised;
  }

  private static ObjectNode described(Throwable error) {
    return JSON.objectNode()
        .put("error", error.getClass().getName())
        .put("message", Objects.toString(error.getMessage(), ""));
  }

  /** What an error has beside its message and stack trace, by the names of fields and getters. */
  private static Map<String, Object> members(Throwable error) {
    Map<String, Object> members = new TreeMap<>();
    for (Member each : readable(error.getClass())) {
      try {
        if (each instanceof Method getter) {
          members.put(withoutGet(getter.getName()), getter.invoke(error));
        } else {
          members.put(each.getName(), ((Field) each).get(error));
        }
      } catch (ReflectiveOperationException unreadable) {
        // A user cannot read it either.
      }
    }
    return members;
  }

  private static List<Member> readable(Class<?> type) {
    List<Member> members = new ArrayList<>(List.of(type.getFields()));
    for (Method method : type.getMethods()) {
      boolean reads = method.getParameterCount() == 0 && method.getReturnType() != void.class;
      if (reads && !OF_EVERY_ERROR.contains(method.getName())) {
        members.add(method);
      }
    }
    members.removeIf(each -> Modifier.isStatic(each.getModifiers()));
    return members;
  }

  private static String withoutGet(String getter) {
    return getter.matches("get[A-Z].*")
        ? Character.toLowerCase(getter.charAt(3)) + getter.substring(4)
        : getter;
  }
}
