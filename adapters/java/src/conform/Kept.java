package conform;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;

/** The objects that later calls use. */
final class Kept {
  private final Map<String, Variable> variables = new HashMap<>();

  /** An object, with the type by which the compiler knows it even where it is null. */
  record Variable(Class<?> type, Object value) {
    /** An attribute, read as a user reads it: by its getter, or as a public field. */
    Object read(String attribute) throws ReflectiveOperationException {
      if (value == null) {
        throw new InvocationTargetException(new NullPointerException(attribute + " of null"));
      }
      try {
        return Calls.invoke(type.getMethod(getter(attribute)), value).value();
      } catch (NoSuchMethodException none) {
        return field(attribute);
      }
    }

    private Object field(String attribute) throws ReflectiveOperationException {
      try {
        return type.getField(attribute).get(value);
      } catch (NoSuchFieldException none) {
        throw new Unsupported(type.getSimpleName() + " has no " + attribute);
      }
    }
  }

  /** The method that reads an attribute. */
  static String getter(String attribute) {
    return "get" + Character.toUpperCase(attribute.charAt(0)) + attribute.substring(1);
  }

  void put(String handle, Variable variable) {
    variables.put(handle, variable);
  }

  /** The object that a request is about. */
  Variable on(JsonNode params) throws Fault {
    return get(Fault.required(params, "on"));
  }

  /** What a value of the kind "kept" stands for: an object, or one of its attributes. */
  Object argument(JsonNode value) throws Fault, ReflectiveOperationException {
    Variable variable = get(Fault.required(value, "handle"));
    JsonNode attribute = value.path("attribute");
    return attribute.isTextual() ? variable.read(attribute.textValue()) : variable.value();
  }

  private Variable get(String handle) throws Fault {
    if (!variables.containsKey(handle)) {
      throw new Fault(Fault.WRONG_PARAMS, "nothing is kept under " + handle);
    }
    return variables.get(handle);
  }

  void forget() {
    variables.clear();
  }
}
