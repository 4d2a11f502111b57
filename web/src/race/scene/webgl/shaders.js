/** What the graphics card computes: for the ground, for strokes (paths and axes) and for marks (balls, start, minima). */

/** Lit at its points, for they are many; contours are drawn where the band between them passes a whole number. */
export const GROUND = {
  vertex: `#version 300 es
    uniform mat4 matrix;
    uniform vec3 light;
    layout(location = 0) in vec3 place;
    layout(location = 1) in vec3 facing;
    layout(location = 2) in vec3 tint;
    layout(location = 3) in float band;
    out vec3 lit;
    out float level;
    void main() {
      gl_Position = matrix * vec4(place, 1.0);
      lit = tint * (0.7 + 0.36 * max(0.0, dot(facing, light)));
      level = band;
    }`,
  fragment: `#version 300 es
    precision highp float;
    uniform vec3 line;
    in vec3 lit;
    in float level;
    out vec4 colour;
    void main() {
      float pixel = max(fwidth(level), 1e-6);
      float near = abs(fract(level - 0.5) - 0.5) / pixel;
      // Where contours are closer than pixels there is none to be told from the next.
      float drawn = 0.4 * (1.0 - smoothstep(0.3, 1.1, near)) * (1.0 - smoothstep(0.2, 0.5, pixel));
      colour = vec4(mix(lit, line, drawn), 1.0);
    }`,
};

/** Strokes: pieces that lie on the screen already, as wide in pixels wherever they are, with round ends. */
export const STROKE = {
  vertex: `#version 300 es
    uniform vec2 half_size;
    uniform float radius;
    uniform float ends;
    uniform float lift;
    layout(location = 0) in vec3 place;
    layout(location = 1) in vec2 along;
    layout(location = 2) in vec2 corner;
    layout(location = 3) in vec2 lengths;
    out vec2 at;
    out float travelled;
    flat out float size;
    void main() {
      float reach = radius + 1.0;
      float beyond = ends * reach * corner.x;
      float aside = reach * corner.y;
      vec2 moved = place.xy + along * beyond + vec2(-along.y, along.x) * aside;
      gl_Position = vec4(moved / half_size, place.z - lift, 1.0);
      size = lengths.x;
      at = vec2(beyond + (corner.x > 0.0 ? size : 0.0), aside);
      travelled = lengths.y;
    }`,
  fragment: `#version 300 es
    precision highp float;
    uniform float radius;
    uniform float dash;
    uniform vec4 tint;
    in vec2 at;
    in float travelled;
    flat in float size;
    out vec4 colour;
    void main() {
      float away = length(vec2(at.x - clamp(at.x, 0.0, size), at.y));
      float cover = clamp(radius + 0.5 - away, 0.0, 1.0);
      if (cover <= 0.0 || (dash > 0.0 && fract(travelled / dash) > 0.6)) discard;
      colour = tint * cover;
    }`,
};

/** Shapes of marks. */
export const BALL = 0;
export const CUBE = 1;
export const RING = 2;
export const STAR = 3;
export const HOLLOW_STAR = 4;

/** Marks stand on their place; a ball's stripes go round with the way that it has come. */
export const MARK = {
  vertex: `#version 300 es
    uniform mat4 matrix;
    uniform float pixel;
    uniform float density;
    uniform float lift;
    layout(location = 0) in vec3 place;
    layout(location = 1) in vec3 tint;
    layout(location = 2) in vec2 form;
    layout(location = 3) in vec3 rolled;
    out vec3 own;
    flat out vec3 turn;
    flat out float shape;
    flat out float radius;
    void main() {
      shape = form.x;
      radius = form.y * density;
      own = tint;
      turn = rolled;
      gl_Position = matrix * vec4(place + vec3(0.0, 0.0, shape < 1.5 ? form.y * pixel : 0.0), 1.0);
      gl_Position.z -= lift * gl_Position.w;
      gl_PointSize = 2.0 * (radius + 3.0 * density);
    }`,
  fragment: `#version 300 es
    precision highp float;
    uniform vec3 rim;
    uniform float density;
    uniform float strength;
    in vec3 own;
    flat in vec3 turn;
    flat in float shape;
    flat in float radius;
    out vec4 colour;
    void main() {
      vec2 at = (gl_PointCoord - 0.5) * vec2(2.0, -2.0) * (radius + 3.0 * density);
      float away = length(at);
      if (shape > 0.5 && shape < 1.5) away = max(abs(at.x), abs(at.y)) * 1.12;
      if (shape > 2.5) {
        // A star's edge comes closest half-way between its five points.
        float between = abs(fract(atan(at.x, at.y) / 1.2566371 + 0.5) - 0.5) * 2.0;
        away *= 1.0 / mix(1.0, 0.42, pow(between, 0.6));
      }
      float inside = clamp(radius + 0.5 - away, 0.0, 1.0);
      float cover = clamp(radius + 2.0 * density + 0.5 - away, 0.0, 1.0);
      if (cover <= 0.0) discard;
      vec3 face = own;
      if (shape < 1.5) {
        vec2 on = at / radius;
        float towards = sqrt(max(0.0, 1.0 - dot(on, on)));
        float lit = max(0.0, dot(vec3(on, towards), normalize(vec3(-0.5, 0.62, 0.6))));
        float wound = atan(dot(on, turn.xy), towards + 0.2) - turn.z;
        face *= (0.72 + 0.4 * lit) * (shape < 0.5 && length(turn.xy) > 0.5 ? 1.0 - 0.16 * step(0.0, sin(3.0 * wound)) : 1.0);
        face += 0.35 * pow(lit, 24.0);
      } else if (shape < 2.5 || shape > 3.5) {
        // The start is a ring, a local minimum an outlined star.
        face = mix(rim, own, clamp(away - radius + 2.5 * density, 0.0, 1.0));
      }
      vec3 seen = mix(rim, face, inside);
      colour = vec4(seen, 1.0) * cover * strength;
    }`,
};
