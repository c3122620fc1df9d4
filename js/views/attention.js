import "./attention.css";
export default { render() {} };
