/** What the graphics card runs. Positions are RAS millimetres; light comes from beside the eye. */

/** Surfaces: soft light from the upper left of the eye, a little from the other side, a faint rim where they turn away. */
export const SURFACE_VERTEX = `#version 300 es
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
uniform mat4 toClip;
out vec3 place;
out vec3 facing;
void main() {
  place = position;
  facing = normal;
  gl_Position = toClip * vec4(position, 1.0);
}`;

export const SURFACE_FRAGMENT = `#version 300 es
precision highp float;
in vec3 place;
in vec3 facing;
uniform vec3 eye;
uniform vec3 light;
uniform vec3 fill;
uniform vec4 colour;
out vec4 result;
void main() {
  vec3 towards = normalize(eye - place);
  vec3 normal = normalize(facing);
  if (dot(normal, towards) < 0.0) normal = -normal;
  float lit = 0.30 + 0.62 * max(dot(normal, light), 0.0) + 0.20 * max(dot(normal, fill), 0.0);
  float shine = 0.22 * pow(max(dot(normal, normalize(light + towards)), 0.0), 40.0);
  float turned = 1.0 - max(dot(normal, towards), 0.0);
  float rim = 0.16 * turned * turned * turned;
  float alpha = mix(colour.a, 1.0, colour.a < 1.0 ? 0.5 * turned * turned : 0.0);
  result = vec4(colour.rgb * lit + shine + rim, alpha);
}`;

export const SLICE_VERTEX = `#version 300 es
layout(location = 0) in vec3 position;
layout(location = 1) in vec2 texel;
uniform mat4 toClip;
out vec2 at;
void main() {
  at = texel;
  gl_Position = toClip * vec4(position, 1.0);
}`;

export const SLICE_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at;
uniform sampler2D picture;
uniform float opacity;
out vec4 result;
void main() {
  result = vec4(texture(picture, at).rgb, opacity);
}`;

/** Straight lines of one colour: the outlines of the slices and the crosshair. */
export const LINE_VERTEX = `#version 300 es
layout(location = 0) in vec3 position;
uniform mat4 toClip;
void main() {
  gl_Position = toClip * vec4(position, 1.0);
}`;

export const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 colour;
out vec4 result;
void main() {
  result = colour;
}`;

/**
 * Streamlines as ribbons that face the eye and are shaded like tubes: each instance is the piece between a point and the
 * next. The fourth number of a point is 1 at a streamline's end, where no piece begins.
 */
export const TRACT_VERTEX = `#version 300 es
layout(location = 0) in vec4 from;
layout(location = 1) in vec4 to;
layout(location = 2) in vec4 fromColour;
layout(location = 3) in vec4 toColour;
uniform mat4 toClip;
uniform vec3 eye;
uniform float halfWidthMm;
out vec3 place;
out vec3 along;
out float side;
out vec4 colour;
void main() {
  float end = float(gl_VertexID & 1);
  side = (gl_VertexID & 2) == 0 ? -1.0 : 1.0;
  place = mix(from.xyz, to.xyz, end);
  colour = mix(fromColour, toColour, end);
  along = to.xyz - from.xyz;
  vec3 across = cross(along, eye - place);
  float reach = length(across);
  vec3 spread = reach > 0.0 ? across / reach : vec3(0.0);
  gl_Position = from.w > 0.5 ? vec4(0.0, 0.0, 2.0, 1.0) : toClip * vec4(place + spread * side * halfWidthMm, 1.0);
}`;

export const TRACT_FRAGMENT = `#version 300 es
precision highp float;
in vec3 place;
in vec3 along;
in float side;
in vec4 colour;
uniform vec3 eye;
uniform vec3 light;
/** Normal of the slab's middle plane and its distance from the origin; half its thickness, below 0 where there is none. */
uniform vec4 slab;
uniform float slabHalfMm;
out vec4 result;
void main() {
  if (slabHalfMm >= 0.0 && abs(dot(slab.xyz, place) - slab.w) > slabHalfMm) discard;
  vec3 towards = normalize(eye - place);
  vec3 across = normalize(cross(along, towards));
  vec3 normal = normalize(across * side + towards * sqrt(max(1.0 - side * side, 0.0)));
  float lit = 0.34 + 0.70 * max(dot(normal, light), 0.0);
  float shine = 0.18 * pow(max(dot(normal, normalize(light + towards)), 0.0), 30.0);
  result = vec4(colour.rgb * lit + shine, 1.0);
}`;
