package conform;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Makes this Java trust more authorities than the ones it comes with. */
final class Authorities {
  private static final String PASSWORD = "changeit";

  private Authorities() {}

  /** Trusts the authorities of a PEM file from now on, beside the ones trusted so far. */
  static void trust(String pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager trusting) {
        for (X509Certificate known : trusting.getAcceptedIssuers()) {
          add(store, known);
        }
      }
    }
    try (InputStream more = Files.newInputStream(Path.of(pem))) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(more)) {
        add(store, each);
      }
    }
    Path file = Files.createTempFile("authorities", ".p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    System.setProperty("javax.net.ssl.trustStore", file.toString());
    System.setProperty("javax.net.ssl.trustStoreType", "PKCS12");
    System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
  }

  private static void add(KeyStore store, Certificate authority) throws GeneralSecurityException {
    store.setCertificateEntry("authority-" + store.size(), authority);
  }
}
