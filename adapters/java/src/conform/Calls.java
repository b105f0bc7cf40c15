package conform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Calls the SDK the way its callers write it, found by reflection. */
final class Calls {
  private Calls() {}

  /** What can be done with a model: what is public of it and neither a getter nor a setter. */
  static ArrayNode operations(Class<?> model) {
    Map<String, Set<String>> forms = new TreeMap<>();
    if (model.getConstructors().length > 0) {
      forms.put("new", Set.of("construct"));
    }
    for (Method method : model.getMethods()) {
      boolean accessor = method.getName().matches("(get|is|set)[A-Z].*");
      if (method.getDeclaringClass() == model && !accessor) {
        Set<String> ways = forms.computeIfAbsent(method.getName(), first -> new TreeSet<>());
        ways.add("instance");
        if (isStatic(method)) {
          ways.add("static");
        }
      }
    }
    ArrayNode operations = JsonNodeFactory.instance.arrayNode();
    forms.forEach(
        (name, ways) -> {
          ObjectNode operation = operations.addObject();
          operation.put("resource", model.getSimpleName()).put("operation", name);
          ways.forEach(operation.putArray("forms")::add);
        });
    return operations;
  }

  private static boolean isStatic(Executable executable) {
    return Modifier.isStatic(executable.getModifiers());
  }

  /** Makes one call, with the arguments that it has and no others. */
  static JsonNode call(JsonNode params, Kept kept) throws Fault, ReflectiveOperationException {
    String resource = Fault.required(params, "resource");
    String operation = params.path("operation").asText();
    Object[] arguments = arguments(params, kept);
    String form = params.path("form").asText("static");
    Kept.Variable result =
        switch (form) {
          case "static" -> invokeStatic(model(resource), operation, arguments);
          case "construct" -> construct(model(resource), arguments);
          case "instance" -> invoke(kept.on(params), operation, arguments);
          case "read" -> kept.on(params);
          default -> throw new Fault(Fault.WRONG_PARAMS, "there is no form " + form);
        };
    if (params.hasNonNull("keep")) {
      kept.put(params.get("keep").textValue(), result);
    }
    return Outcomes.returned(result, params.path("read"));
  }

  private static Object[] arguments(JsonNode params, Kept kept)
      throws Fault, ReflectiveOperationException {
    List<Object> arguments = new ArrayList<>();
    for (JsonNode each : params.path("positional")) {
      if (!Values.isAbsent(each)) {
        arguments.add(Values.decode(each, kept));
      }
    }
    for (String map : List.of("named", "options")) {
      if (params.hasNonNull(map)) {
        arguments.add(Values.decodeAll(params.get(map), kept));
      }
    }
    return arguments.toArray();
  }

  private static Class<?> model(String resource) throws Unsupported {
    try {
      return Class.forName("com.files.models." + resource);
    } catch (ClassNotFoundException error) {
      throw new Unsupported("there is no " + resource);
    }
  }

  private static Kept.Variable construct(Class<?> type, Object[] arguments)
      throws ReflectiveOperationException {
    List<Constructor<?>> constructors = List.of(type.getConstructors());
    Constructor<?> chosen = overload(constructors, arguments, "new " + type.getSimpleName());
    return new Kept.Variable(type, chosen.newInstance(arguments));
  }

  private static Kept.Variable invokeStatic(Class<?> type, String name, Object[] arguments)
      throws ReflectiveOperationException {
    List<Method> methods = methods(type, name).filter(Calls::isStatic).toList();
    String what = "static " + type.getSimpleName() + "." + name;
    return invoke(overload(methods, arguments, what), null, arguments);
  }

  /** Calls a method of an object, which in Java can be a static one as well. */
  private static Kept.Variable invoke(Kept.Variable object, String name, Object[] arguments)
      throws ReflectiveOperationException {
    List<Method> methods = methods(object.type(), name).toList();
    String what = object.type().getSimpleName() + "." + name;
    return invoke(overload(methods, arguments, what), object.value(), arguments);
  }

  private static Stream<Method> methods(Class<?> type, String name) {
    return Arrays.stream(type.getMethods()).filter(each -> each.getName().equals(name));
  }

  /** Calls a method; one of null raises what Java raises. */
  static Kept.Variable invoke(Method method, Object object, Object... arguments)
      throws ReflectiveOperationException {
    if (object == null && !isStatic(method)) {
      String why = method.getName() + " is called on null";
      throw new InvocationTargetException(new NullPointerException(why));
    }
    return new Kept.Variable(method.getReturnType(), method.invoke(object, arguments));
  }

  /** The overload that the compiler chooses: the most specific one that takes the arguments. */
  private static <E extends Executable> E overload(
      List<E> overloads, Object[] arguments, String what) throws Unsupported {
    List<E> taking = overloads.stream().filter(each -> takes(each, arguments)).toList();
    return taking.stream()
        .filter(each -> taking.stream().allMatch(other -> isAsSpecific(each, other)))
        .findFirst()
        .orElseThrow(() -> new Unsupported("no " + what + " takes these arguments"));
  }

  private static boolean takes(Executable executable, Object[] arguments) {
    Class<?>[] types = executable.getParameterTypes();
    return types.length == arguments.length
        && IntStream.range(0, types.length)
            .allMatch(
                at ->
                    arguments[at] == null
                        ? !types[at].isPrimitive()
                        : types[at].isInstance(arguments[at]));
  }

  private static boolean isAsSpecific(Executable one, Executable other) {
    return IntStream.range(0, one.getParameterCount())
        .allMatch(
            at -> other.getParameterTypes()[at].isAssignableFrom(one.getParameterTypes()[at]));
  }
}
