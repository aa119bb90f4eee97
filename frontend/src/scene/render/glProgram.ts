/** A compiled pair of shaders with its uniforms by name. */
export class GlProgram {
  readonly program: WebGLProgram;
  private readonly places = new Map<string, WebGLUniformLocation | null>();

  constructor(
    private readonly gl: WebGL2RenderingContext,
    vertex: string,
    fragment: string,
  ) {
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
      const shader = gl.createShader(kind);
      if (!shader) throw new Error('The graphics card gave no shader.');
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      // Freed with the program.
      gl.deleteShader(shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader) ?? '');
      throw new Error(`A shader does not compile: ${[...logs, gl.getProgramInfoLog(program) ?? ''].join(' ')}`);
    }
    this.program = program;
  }

  use(): void {
    this.gl.useProgram(this.program);
  }

  number(name: string, value: number): void {
    this.gl.uniform1f(this.at(name), value);
  }

  vector(name: string, value: readonly number[]): void {
    if (value.length === 4) this.gl.uniform4fv(this.at(name), value as number[]);
    else this.gl.uniform3fv(this.at(name), value as number[]);
  }

  matrix(name: string, value: Float32Array): void {
    this.gl.uniformMatrix4fv(this.at(name), false, value);
  }

  private at(name: string): WebGLUniformLocation | null {
    if (!this.places.has(name)) this.places.set(name, this.gl.getUniformLocation(this.program, name));
    return this.places.get(name) ?? null;
  }
}
