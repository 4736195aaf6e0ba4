package io.runbook4j.source;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A pool of one connection, which it neither resets nor closes.
 *
 * @param connection what it lends
 */
record OneConnection(Connection connection) {
  DataSource asDataSource() {
    Connection lent = (Connection) Proxy.newProxyInstance(
        OneConnection.class.getClassLoader(),
        new Class<?>[] {Connection.class},
        (proxy, call, args) -> {
          try {
            return call.getName().equals("close") ? null : call.invoke(connection, args);
          } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException cause ? cause : e;
          }
        });
    return (DataSource) Proxy.newProxyInstance(
        OneConnection.class.getClassLoader(),
        new Class<?>[] {DataSource.class},
        (proxy, call, args) -> lent);
  }
}
