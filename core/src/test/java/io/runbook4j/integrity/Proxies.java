package io.runbook4j.integrity;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Real parts of JDBC with something changed. */
final class Proxies {
  private Proxies() {}

  /** What a call does. */
  interface Answer {
    @Nullable Object to(Method call, Object[] arguments) throws ReflectiveOperationException, SQLException;
  }

  static <T> T of(Class<T> type, Answer answer) {
    return type.cast(Proxy.newProxyInstance(
        Proxies.class.getClassLoader(), new Class<?>[] {type}, (self, call, arguments) -> {
          try {
            return answer.to(call, arguments);
          } catch (InvocationTargetException e) {
            throw Optional.ofNullable(e.getCause()).orElse(e);
          }
        }));
  }

  /** {@return a pool of one connection, which it neither resets nor closes} */
  static DataSource lending(Connection connection) {
    Connection lent = of(
        Connection.class,
        (call, arguments) ->
            call.getName().equals("close") ? null : call.invoke(connection, arguments));
    return of(DataSource.class, (call, arguments) -> lent);
  }
}
