package io.runbook4j.adapter;

import java.util.Arrays;
import java.util.Collection;

/**
 * Finds many texts at once and blots them out. Immutable once built.
 *
 * <p>The automaton of Aho and Corasick ("Efficient string matching", CACM 18/6, 1975): one pass
 * over the text, whatever it and the needles are. The trie's edges are in one open-addressed table
 * from (node, character) to node, which takes about 50 bytes for each character of the needles.
 */
final class Needles {
  private static final int ROOT = 0;
  private static final long FREE = -1;

  private final String blot;
  // The edges: a key is the node and the character, a value the node that it leads to.
  private final long[] keys;
  private final int[] children;
  private final int mask;
  // For each node, where to go on when no edge fits, and the longest needle that ends there.
  private final int[] fallback;
  private final int[] ending;
  private int nodes = 1;

  /** Finds these needles, none of them empty. */
  Needles(Collection<String> needles, String blot) {
    this.blot = blot;
    int most = 1 + needles.stream().mapToInt(String::length).sum();
    int capacity = Integer.highestOneBit(most) * 4;
    this.keys = new long[capacity];
    this.children = new int[capacity];
    this.mask = capacity - 1;
    Arrays.fill(keys, FREE);
    int[] ends = new int[most];
    int[] parents = new int[most];
    char[] letters = new char[most];
    for (String needle : needles) {
      int node = ROOT;
      for (int i = 0; i < needle.length(); i++) {
        node = childOrNew(node, needle.charAt(i), parents, letters);
      }
      ends[node] = needle.length();
    }
    this.ending = Arrays.copyOf(ends, nodes);
    this.fallback = new int[nodes];
    linkFallbacks(parents, letters);
  }

  /** {@return the text with every needle in it blotted out; what is blotted already stays} */
  String redact(String text) {
    Spans spans = new Spans();
    int node = ROOT;
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith(blot, i)) {
        node = ROOT;
        i += blot.length() - 1;
      } else {
        node = next(node, text.charAt(i));
        if (ending[node] > 0) {
          spans.add(i + 1 - ending[node], i + 1);
        }
      }
    }
    return spans.cover(text, blot);
  }

  private int next(int node, char letter) {
    int at = node;
    while (true) {
      int child = child(at, letter);
      if (child != ROOT || at == ROOT) {
        return child;
      }
      at = fallback[at];
    }
  }

  private int child(int node, char letter) {
    int slot = slot(node, letter);
    return keys[slot] == FREE ? ROOT : children[slot];
  }

  private int childOrNew(int node, char letter, int[] parents, char[] letters) {
    int slot = slot(node, letter);
    if (keys[slot] == FREE) {
      keys[slot] = key(node, letter);
      children[slot] = nodes;
      parents[nodes] = node;
      letters[nodes] = letter;
      nodes++;
    }
    return children[slot];
  }

  private int slot(int node, char letter) {
    long key = key(node, letter);
    long hash = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & mask;
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static long key(int node, char letter) {
    return ((long) node << 16) | letter;
  }

  /** Shorter beginnings first, because a node's fallback is always shorter than the node. */
  private void linkFallbacks(int[] parents, char[] letters) {
    for (int node : byDepth(parents)) {
      int parent = parents[node];
      if (parent != ROOT) {
        fallback[node] = next(fallback[parent], letters[node]);
      }
      if (ending[node] == 0) {
        ending[node] = ending[fallback[node]];
      }
    }
  }

  /** {@return all nodes but the root, by their distance from it} */
  private int[] byDepth(int[] parents) {
    int[] depth = new int[nodes];
    int deepest = 0;
    for (int node = 1; node < nodes; node++) {
      depth[node] = depth[parents[node]] + 1;
      deepest = Math.max(deepest, depth[node]);
    }
    int[] begin = new int[deepest + 2];
    for (int node = 1; node < nodes; node++) {
      begin[depth[node] + 1]++;
    }
    for (int d = 1; d < begin.length; d++) {
      begin[d] += begin[d - 1];
    }
    int[] order = new int[nodes - 1];
    for (int node = 1; node < nodes; node++) {
      order[begin[depth[node]]++] = node;
    }
    return order;
  }

  /** Stretches of a text that do not touch, in order. */
  private static final class Spans {
    private int[] bounds = new int[8];
    private int size;

    /** Adds a stretch that ends behind all others, and makes one of those that it touches. */
    void add(int begin, int end) {
      int first = begin;
      while (size > 0 && bounds[size - 1] >= first) {
        first = Math.min(first, bounds[size - 2]);
        size -= 2;
      }
      if (size == bounds.length) {
        bounds = Arrays.copyOf(bounds, size * 2);
      }
      bounds[size++] = first;
      bounds[size++] = end;
    }

    String cover(String text, String blot) {
      if (size == 0) {
        return text;
      }
      StringBuilder out = new StringBuilder(text.length());
      int copied = 0;
      for (int i = 0; i < size; i += 2) {
        out.append(text, copied, bounds[i]).append(blot);
        copied = bounds[i + 1];
      }
      return out.append(text, copied, text.length()).toString();
    }
  }
}
