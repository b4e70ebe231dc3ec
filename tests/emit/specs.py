"""Specs that between them use all of the language that a model can use."""

from __future__ import annotations

SPECS: dict[str, str] = {
    "residual": """
        block Residual(filters, stride = 1) {
          input x
          h = x -> Conv2D(filters, 3, strides=stride, padding=same, use_bias=false) -> BatchNormalization() -> relu
          h = h -> Conv2D(filters, 3, padding=same) -> BatchNormalization()
          if stride == 1 { skip = x } else { skip = x -> Conv2D(filters, 1, strides=stride) }
          output y = h + skip -> relu
        }
        model Small {
          input image: [16, 16, 3]
          h = image -> Rescaling(1 / 255) -> Conv2D(8, 3, padding=same)
          h = h -> 2 * Residual(8) -> Residual(16, stride=2)
          output y = h -> GlobalAveragePooling2D() -> Dense(4, softmax)
        }
        """,
    "towers": """
        model Towers {
          input a: [8]
          input b: [8]
          input ids: int32[6]
          layer encoder = Dense(4, tanh, kernel_regularizer=L2(0.01), kernel_initializer=HeNormal(seed=3))
          left = a -> encoder
          right = b -> encoder
          words = ids -> Embedding(50, 4, mask_zero=true)
          out, h, c = words -> LSTM(4, return_state=true)
          both = [left, right, h] -> Concatenate()
          gap = (left - right) ** 2 * 0.5 + -left
          output near = gap -> Dense(1, sigmoid)
          output kind = both -> Dense(3, softmax)
        }
        train {
          loss = {near: binary_crossentropy, kind: sparse_categorical_crossentropy}
          loss_weights = {near: 1, kind: 0.5}
          optimizer = Adam(learning_rate=ExponentialDecay(0.01, 1000, 0.9))
          metrics = {near: [AUC(), AUC(curve="PR")], kind: [accuracy]}
          epochs = 2
        }
        """,
    "attention": """
        model Attention {
          input x: [6, 8]
          q = x -> LayerNormalization()
          a = MultiHeadAttention(2, 4)(query=q, value=q)
          h = x + a
          first = h[:, 0]
          rest = h[:, 1:]
          mixed = ops.mean(rest, axis=1) + first
          wave = x -> Bidirectional(LSTM(3, return_sequences=true)) -> TimeDistributed(Dense(2)) -> Flatten()
          output y = [mixed, wave] -> Concatenate() -> Dropout(0.1) -> Dense(2)
        }
        """,
    "functions": """
        fn swish_like(x) = x * sigmoid(1.5 * x)
        fn gated(x) { gate = where(x > 0, 1.0, 0.1)
          low = swish_like(x)
          return gate * low + epsilon }
        fn mean_gap(y_true, y_pred) = mean(abs(y_true - y_pred), axis=-1)
        fn hits(y_true, y_pred) {
          right = equal(round(y_true), round(y_pred))
          return mean(cast(right, "float32"))
        }
        model Functions {
          input x: [5]
          h = x -> Dense(4, swish_like) -> Dense(4) -> gated
          z = gated(h) * 2
          output y = z -> Dense(1, gated)
        }
        train {
          loss = mean_gap
          optimizer = SGD(0.1, momentum=0.9)
          metrics = [hits, mae, MeanSquaredError()]
        }
        """,
    "lists": """
        param depth = 3
        model Dense121 {
          input x: [4]
          skips = [x]
          for i in range(depth) {
            h = skips -> Concatenate() -> Dense(4, relu)
            skips = skips + [h]
          }
          output y = skips -> Concatenate() -> Dense(1)
        }
        """,
}
