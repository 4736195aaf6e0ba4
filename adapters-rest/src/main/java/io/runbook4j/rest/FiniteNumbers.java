package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.IOException;

/** Writes no number that JSON does not have: Jackson would make a text of it. */
final class FiniteNumbers extends JsonGeneratorDelegate {
  FiniteNumbers(JsonGenerator json) {
    super(json, false);
  }

  @Override
  public void writeNumber(double number) throws IOException {
    check(number);
    super.writeNumber(number);
  }

  @Override
  public void writeNumber(float number) throws IOException {
    check(number);
    super.writeNumber(number);
  }

  @Override
  public void writeArray(double[] numbers, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      check(numbers[i]);
    }
    super.writeArray(numbers, offset, length);
  }

  private void check(double number) throws NotFinite {
    if (!Double.isFinite(number)) {
      throw new NotFinite(this, number);
    }
  }

  /** Says that a number is none. */
  static final class NotFinite extends JsonMappingException {
    private static final long serialVersionUID = 1L;

    NotFinite(JsonGenerator json, double number) {
      super(json, "number must be finite, was " + number);
    }
  }
}
