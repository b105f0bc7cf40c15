package conform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Calls the SDK the way its callers write it, found by reflection, and says what came of it. */
final class Calls {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, Object> kept = new HashMap<>();

  /** This release has nothing of that kind. */
  private static final class Unsupported extends Exception {
    private static final long serialVersionUID = 1L;

    Unsupported(String reason) {
      super(reason);
    }
  }

  /** What a caller passes: parameters, and the options of one call. */
  private record Arguments(HashMap<String, Object> parameters, HashMap<String, Object> options) {
    static Arguments of(JsonNode params) throws Fault {
      HashMap<String, Object> options = new HashMap<>();
      params
          .path("options")
          .fields()
          .forEachRemaining(each -> options.put(each.getKey(), each.getValue().textValue()));
      return new Arguments(Values.decodeAll(params.path("parameters")), options);
    }

    /** How many a method must take so that nothing is lost. */
    int needed() {
      return options.isEmpty() ? parameters.isEmpty() ? 0 : 1 : 2;
    }

    Object[] first(int count) {
      return Arrays.copyOf(new Object[] {parameters, options}, count);
    }
  }

  /** Forgets the objects that were kept. */
  void forget() {
    kept.clear();
  }

  /** What can be done with a model: what is public of it and neither a getter nor a setter. */
  static ArrayNode operations(Class<?> model) {
    Map<String, Set<String>> forms = new TreeMap<>();
    Map<String, String> signatures = new HashMap<>();
    for (Executable each : executables(model)) {
      boolean construct = each instanceof Constructor;
      String name = construct ? "new" : each.getName();
      Set<String> ways = forms.computeIfAbsent(name, first -> new TreeSet<>());
      ways.add(construct ? "construct" : "instance");
      if (Modifier.isStatic(each.getModifiers())) {
        ways.add("static");
      }
      // The overload that takes most is the one that says most.
      signatures.merge(
          name,
          each.toGenericString(),
          (one, other) -> one.length() < other.length() ? other : one);
    }
    ArrayNode operations = JSON.arrayNode();
    forms.forEach(
        (name, found) -> {
          ObjectNode operation = operations.addObject();
          operation.put("resource", model.getSimpleName()).put("operation", name);
          found.forEach(operation.putArray("forms")::add);
          operation.put("signature", signatures.get(name));
        });
    return operations;
  }

  private static List<Executable> executables(Class<?> model) {
    List<Executable> found = new ArrayList<>(List.of(model.getConstructors()));
    for (Method method : model.getMethods()) {
      boolean accessor = method.getName().matches("(get|is|set)[A-Z].*");
      if (method.getDeclaringClass() == model && !accessor) {
        found.add(method);
      }
    }
    return found;
  }

  /** Makes one call and says what came of it, whatever the SDK throws. */
  JsonNode call(JsonNode params) throws Fault {
    try {
      Object value = value(params);
      if (params.hasNonNull("keep")) {
        kept.put(params.get("keep").textValue(), value);
      }
      ObjectNode returned = JSON.objectNode().put("outcome", "returned");
      returned.set("value", Values.encode(value));
      ObjectNode attributes = returned.putObject("attributes");
      for (JsonNode name : params.path("read")) {
        attributes.set(name.textValue(), attribute(value, name.textValue()));
      }
      return returned;
    } catch (Fault fault) {
      throw fault;
    } catch (Unsupported reason) {
      return JSON.objectNode().put("outcome", "unsupported").put("reason", reason.getMessage());
    } catch (InvocationTargetException error) {
      return raised(error.getCause());
    } catch (Throwable error) {
      return raised(error);
    }
  }

  private Object value(JsonNode params) throws Fault, Unsupported, ReflectiveOperationException {
    String resource = Fault.required(params, "resource");
    String operation = params.path("operation").asText();
    Arguments arguments = Arguments.of(params);
    String form = params.path("form").asText("static");
    return switch (form) {
      case "static" -> invoke(model(resource), null, operation, arguments);
      case "construct" ->
          model(resource)
              .getConstructor(HashMap.class, HashMap.class)
              .newInstance(arguments.first(2));
      case "instance" -> {
        Object object = kept(params);
        if (object == null) {
          throw new Unsupported("null has no operations");
        }
        yield invoke(object.getClass(), object, operation, arguments);
      }
      case "read" -> kept(params);
      default -> throw new Fault(Fault.WRONG_PARAMS, "there is no form " + form);
    };
  }

  private static Class<?> model(String resource) throws Unsupported {
    try {
      return Class.forName("com.files.models." + resource);
    } catch (ClassNotFoundException error) {
      throw new Unsupported("there is no " + resource);
    }
  }

  private Object kept(JsonNode params) throws Fault {
    String handle = Fault.required(params, "on");
    if (!kept.containsKey(handle)) {
      throw new Fault(Fault.WRONG_PARAMS, "nothing is kept under " + handle);
    }
    return kept.get(handle);
  }

  /** Calls a method of a class or of an object. As in Java, an object has the static ones too. */
  private static Object invoke(Class<?> type, Object object, String operation, Arguments arguments)
      throws Unsupported, ReflectiveOperationException {
    int needed = arguments.needed();
    for (int taken = 2; taken >= needed; taken--) {
      Class<?>[] types = new Class<?>[taken];
      Arrays.fill(types, HashMap.class);
      for (Method method : type.getMethods()) {
        if (method.getName().equals(operation)
            && (object != null || Modifier.isStatic(method.getModifiers()))
            && Arrays.equals(method.getParameterTypes(), types)) {
          return method.invoke(object, arguments.first(taken));
        }
      }
    }
    String kind = object == null ? "static" : "instance";
    String takes = List.of("", " that takes parameters", " that takes options").get(needed);
    throw new Unsupported(type.getSimpleName() + " has no " + kind + " " + operation + takes);
  }

  private static JsonNode attribute(Object object, String name)
      throws ReflectiveOperationException {
    if (object != null) {
      String capitalised = Character.toUpperCase(name.charAt(0)) + name.substring(1);
      Set<String> getters = Set.of("get" + capitalised, "is" + capitalised);
      for (Method method : object.getClass().getMethods()) {
        if (getters.contains(method.getName()) && method.getParameterCount() == 0) {
          return Values.encode(method.invoke(object));
        }
      }
      for (Field field : object.getClass().getFields()) {
        if (field.getName().equals(name)) {
          return Values.encode(field.get(object));
        }
      }
    }
    return Values.absent();
  }

  private static JsonNode raised(Throwable error) {
    ObjectNode raised = JSON.objectNode().put("outcome", "raised");
    raised.put("error", error.getClass().getName());
    ArrayNode ancestors = raised.putArray("ancestors");
    Class<?> type = error.getClass().getSuperclass();
    while (type != Object.class) {
      ancestors.add(type.getName());
      type = type.getSuperclass();
    }
    raised.put("message", Objects.toString(error.getMessage(), ""));
    if (carried(error, "getHttpCode", "getCode") instanceof Integer status) {
      raised.put("http_status", status);
    }
    if (carried(error, "getType") instanceof String apiType) {
      raised.put("api_type", apiType);
    }
    return raised;
  }

  /** What the first getter that an error has returns; nothing where it has none. */
  private static Object carried(Throwable error, String... getters) {
    for (String getter : getters) {
      try {
        return error.getClass().getMethod(getter).invoke(error);
      } catch (ReflectiveOperationException none) {
        // The next one may be there.
      }
    }
    return null;
  }
}
