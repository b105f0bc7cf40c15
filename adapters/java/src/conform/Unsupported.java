package conform;

/** This release does not have what a call needs: the compiler would refuse the call. */
final class Unsupported extends ReflectiveOperationException {
  private static final long serialVersionUID = 1L;

  Unsupported(String reason) {
    super(reason);
  }
}
